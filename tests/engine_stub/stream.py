"""How the stub engine tells its events: by gRPC, or in a file for an old version of it."""

from __future__ import annotations

import itertools
import json
import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_TICK = 0.0005

_METHOD = "/pulumirpc.Events/StreamEvents"


class Stream:
    """The events of one run, to whoever asked for them.

    A signal may come while an event is sent, and its handler sends another one: nothing here may
    wait for a lock that the interrupted call holds.

    Args:
        target: `tcp://HOST:PORT`, the path of a file, or nothing.
    """

    def __init__(self, target: str) -> None:
        self._sequence = itertools.count()
        self._queue: queue.SimpleQueue[tuple[bytes, threading.Event] | None] = queue.SimpleQueue()
        self._file: Path | None = None
        self._thread: threading.Thread | None = None
        if target.startswith("tcp://"):
            self._thread = threading.Thread(target=self._serve, args=(target[6:],))
            self._thread.start()
        elif target:
            self._file = Path(target)

    def send(self, kind: str, content: dict[str, Any]) -> None:
        """Send one event."""
        event = {"sequence": next(self._sequence), "timestamp": int(time.time()), kind: content}
        self.raw(json.dumps(event, separators=(",", ":")))

    def raw(self, text: str) -> None:
        """Send a text as if it were an event."""
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(text + "\n")
        elif self._thread is not None:
            written = threading.Event()
            self._queue.put((_message(text.encode("utf-8")), written))
            # What was sent is out, whatever happens to this process next.
            while not written.is_set() and self._thread.is_alive():
                time.sleep(_TICK)

    def end(self) -> None:
        """Say that nothing more comes, and wait until all was received."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()

    def _serve(self, address: str) -> None:
        import grpc  # type: ignore[import-untyped]  # it ships no types

        with grpc.insecure_channel(address) as channel:
            call = channel.stream_unary(_METHOD, lambda data: data, lambda data: data)
            try:
                call(self._messages())
            except grpc.RpcError as error:
                # As the real engine: who listens may be gone, the work goes on.
                sys.stderr.write(f"warning: events are not received: {error.code()}\n")

    def _messages(self) -> Iterator[bytes]:
        while (item := self._queue.get()) is not None:
            data, written = item
            yield data
            # gRPC asks for the next when it has written the last.
            written.set()


def _message(data: bytes) -> bytes:
    """Return an EventRequest: its field 1 is the text."""
    size, length = len(data), b""
    while size > 0x7F:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return b"\x0a" + length + bytes([size]) + data
