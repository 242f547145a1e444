"""Serves a stand-in provider on a free port of loopback and prints the port, as a plugin does.

`python -m tests.engine.stand_in.server aws`; the variables below name its files.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]  # it ships no types
from pulumi.runtime.proto import provider_pb2_grpc
from tests.engine.stand_in.calls import Calls
from tests.engine.stand_in.provider import StandIn

CONTROL = "STACKWRIGHT_STAND_IN_CONTROL"
"""Variable with the path of the file that plans faults, drift and outputs."""

JOURNAL = "STACKWRIGHT_STAND_IN_JOURNAL"
"""Variable with the path that the journal is written to."""

_CALLS_AT_ONCE = 16
_LOOK_EVERY = 0.5
"""Seconds between two looks at who started the server."""
_LARGEST_MESSAGE = 1 << 29
"""Bytes; the engine allows 400 MB."""


def serve(
    package: str, control: Path | None = None, journal: Path | None = None
) -> tuple[Any, int]:
    """Start a server in this process; return it and its port. It ends with `stop`."""
    server = grpc.server(
        ThreadPoolExecutor(_CALLS_AT_ONCE),
        interceptors=[Calls(package, control, journal)],
        options=[("grpc.max_receive_message_length", _LARGEST_MESSAGE)],
    )
    provider = StandIn(package, control)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port: int = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def _path(variable: str) -> Path | None:
    text = os.environ.get(variable, "")
    return Path(text) if text else None


def main() -> None:
    starter = os.getppid()
    server, port = serve(sys.argv[1], _path(CONTROL), _path(JOURNAL))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # Nobody else would end it when who started it is killed.
    while os.getppid() == starter and server.wait_for_termination(_LOOK_EVERY):
        pass


if __name__ == "__main__":
    main()
