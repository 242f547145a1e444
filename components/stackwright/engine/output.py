"""What another process writes: read to the end, kept in part, with no secret in it."""

from __future__ import annotations

import codecs
import threading
from collections import deque
from collections.abc import Callable
from typing import IO, Any

from stackwright.engine.redaction import Redactor

KEPT = 256 * 1024
"""Characters of each output stream that are kept: its end, where the reason of a failure stands."""

_CHUNK = 64 * 1024


class OutputReader(threading.Thread):
    """Reads one stream to its end, however long it is, and keeps the last of it.

    Args:
        stream: What another process writes to.
        redact: Hides secrets.
        told: Called with each line, secrets hidden; nobody is told if None.
    """

    def __init__(
        self,
        stream: IO[bytes] | None,
        redact: Redactor,
        told: Callable[[str], Any] | None,
    ) -> None:
        super().__init__(daemon=True)
        assert stream is not None
        self._stream = stream
        self._redact = redact
        self._told = told
        self._kept: deque[str] = deque()
        self._size = 0
        self._cut = False
        self.start()

    @property
    def text(self) -> str:
        """The end of what was written, secrets hidden."""
        text = self._redact("".join(self._kept))
        # Where the beginning is lost, it may have cut a secret in two.
        return (text[self._redact.longest :] if self._cut else text)[-KEPT:].rstrip()

    def run(self) -> None:
        """Read until the stream is closed."""
        decode = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode
        line = ""
        with self._stream:
            while chunk := self._stream.read1(_CHUNK):  # type: ignore[attr-defined]
                text = decode(chunk)
                self._keep(text)
                if self._told is not None:
                    *whole, line = (line + text)[-KEPT:].split("\n")
                    for one in whole:
                        self._told(self._redact(one.rstrip()))
        if self._told is not None and line:
            self._told(self._redact(line.rstrip()))

    def _keep(self, text: str) -> None:
        self._kept.append(text)
        self._size += len(text)
        while self._size - len(self._kept[0]) > KEPT + _CHUNK:
            self._size -= len(self._kept.popleft())
            self._cut = True
