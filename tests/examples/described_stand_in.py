"""The stand-in provider with a schema of its configuration, which programs in YAML ask for."""

# ruff: noqa: N802 - the method has the name of the protocol.

from __future__ import annotations

import json
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]  # it ships no types
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from tests.engine.stand_in.provider import StandIn, version

ROOT = Path(__file__).parents[2]

_CONFIGURATION = {
    "region": {"type": "string"},
    "allowedAccountIds": {"type": "array", "items": {"type": "string"}},
}

_CALLS_AT_ONCE = 16

_MODULE = "tests.examples.described_stand_in"
"""What runs this file; as a program it does not know its own name."""


class DescribedStandIn(StandIn):
    """Serves one package and says how its provider is configured."""

    def GetSchema(self, request: Any, context: Any) -> provider_pb2.GetSchemaResponse:
        """Return a schema without resources: the component makes them, not the program."""
        configuration = {"inputProperties": _CONFIGURATION, "properties": _CONFIGURATION}
        schema = {
            "name": self._package,
            "version": version(self._package),
            "provider": configuration,
        }
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))


def install(package: str, home: Path) -> None:
    """Put the provider where the engine looks for plugins.

    Args:
        package: `aws` or `kubernetes`.
        home: The engine's home.
    """
    name = f"pulumi-resource-{package}"
    folder = home / "plugins" / f"resource-{package}-v{version(package)}"
    folder.mkdir(parents=True)
    program = folder / name
    # The engine stops a plugin by its process, so that no shell may stay between.
    command = f"exec '{sys.executable}' -W ignore -m {_MODULE} {package}"
    program.write_text(f"#!/bin/sh\nPYTHONPATH='{ROOT}' {command}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(_CALLS_AT_ONCE))
    provider = DescribedStandIn(sys.argv[1])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
