"""The console: the only place that prints.

Answers go to standard output, messages for people to standard error.
"""

from __future__ import annotations

import json as json_module
import re
import sys
from typing import Any, TextIO

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters and marks that turn the direction of text: they make a terminal lie."""


def out(text: str) -> None:
    """Write an answer to standard output, ending in one line end."""
    _write(sys.stdout, text)


def err(text: str) -> None:
    """Write a message for people to standard error."""
    _write(sys.stderr, text)


def json(value: Any) -> None:
    """Write an answer as JSON with sorted keys, for scripts."""
    out(json_module.dumps(value, indent=2, sort_keys=True, allow_nan=False))


def visible(text: str) -> str:
    """Return the text with characters that are not seen, or that deceive, as escapes."""
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _write(stream: TextIO, text: str) -> None:
    """Write a line; characters that the stream cannot hold become escapes."""
    encoding = stream.encoding or "utf-8"
    line = visible(text).encode(encoding, "backslashreplace").decode(encoding)
    stream.write(line if line.endswith("\n") else line + "\n")
    stream.flush()
