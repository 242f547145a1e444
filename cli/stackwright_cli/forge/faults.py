"""Everything that can go wrong with a forge, in words and as a kind that code can ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from stackwright.errors import StackwrightError

_LONGEST_REASON = 200


class Fault(Enum):
    """Why a forge did not do what it was asked."""

    UNAUTHORIZED = auto()
    FORBIDDEN = auto()
    LOCKED = auto()
    """Nobody may comment on the pull request any more."""
    NOT_FOUND = auto()
    INVALID = auto()
    """It does not take what was sent."""
    LIMITED = auto()
    """It asks to wait longer than we may."""
    BROKEN = auto()
    """It failed itself, with a status of 500 or above."""
    UNREACHABLE = auto()
    """Nothing arrived there."""
    UNCERTAIN = auto()
    """What was sent may have been done; the answer was lost."""
    TOO_LARGE = auto()
    """It answers more than we read."""
    NO_FORGE = auto()
    """What answers is no API of this forge."""


class ForgeFault(StackwrightError):
    """A forge did not do what it was asked."""

    def __init__(self, fault: Fault, message: str) -> None:
        self.fault = fault
        super().__init__(message)


def reason(body: bytes) -> str:
    """Return what a forge says is wrong, short and on one line; empty when it says nothing.

    GitHub answers `{"message": ..., "errors": [...]}`, GitLab `{"message": text or object}` or
    `{"error": ...}`. The text is the forge's and trusted in nothing: the console escapes it.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(document, Mapping):
        return ""
    found = document.get("message") or document.get("error") or ""
    details = [_text(item) for item in _list(document.get("errors"))]
    text = ": ".join(part for part in (_text(found), ", ".join(filter(None, details))) if part)
    flat = " ".join(text.split()).rstrip(".")
    return flat if len(flat) <= _LONGEST_REASON else f"{flat[:_LONGEST_REASON]}..."


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        said = value.get("message")
        return said if isinstance(said, str) else json.dumps(value)
    return json.dumps(value) if value else ""
