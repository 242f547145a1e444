"""The stub engine tells its events also when a signal comes while it tells one."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc  # type: ignore[import-untyped]  # it ships no types
from tests.engine_stub.stream import Stream


@contextmanager
def listening(received: list[bytes]) -> Iterator[str]:
    """Keep every event that is sent to an address."""

    def stream(requests: Iterator[bytes], _: Any) -> bytes:
        received.extend(requests)
        return b""

    handler = grpc.stream_unary_rpc_method_handler(stream)
    service = grpc.method_handlers_generic_handler("pulumirpc.Events", {"StreamEvents": handler})
    server = grpc.server(ThreadPoolExecutor(2), (service,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"tcp://127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def test_an_event_that_a_signal_sends_into_another_one_is_told_too() -> None:
    received: list[bytes] = []
    inside: list[str] = []

    def interrupt(*_: Any) -> None:
        sys.setprofile(None)
        stream.send("cancelEvent", {})

    def at_every_call(frame: Any, event: str, _: Any) -> None:
        name = f"{frame.f_code.co_filename}:{frame.f_code.co_name}"
        if event == "call" and name not in inside:
            inside.append(name)
            signal.raise_signal(signal.SIGUSR1)

    def waited_too_long(*_: Any) -> None:
        raise AssertionError(f"an event waits for another one for ever, inside {inside[-1]}")

    with listening(received) as target, handled(SIGUSR1=interrupt, SIGALRM=waited_too_long):
        stream = Stream(target)
        for _ in range(50):
            signal.setitimer(signal.ITIMER_REAL, 60)
            sys.setprofile(at_every_call)
            stream.send("stdoutEvent", {})
            sys.setprofile(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        stream.end()
    assert any(name.endswith(":raw") for name in inside)
    numbers = [json.loads(one[one.index(b"{") :])["sequence"] for one in received]
    assert sorted(numbers) == list(range(50 + len(inside)))


@contextmanager
def handled(**handlers: Any) -> Iterator[None]:
    """Handle signals for a while."""
    before = {name: signal.signal(signal.Signals[name], one) for name, one in handlers.items()}
    try:
        yield
    finally:
        sys.setprofile(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for name, one in before.items():
            signal.signal(signal.Signals[name], one)
