"""What one look found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """Whether something is as it should be."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It was looked at, and nothing could be told."""
    SKIPPED = "skipped"
    """It was not looked at, because of something else that is wrong or not there yet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    subject: str
    """What was looked at, such as `engine` or `platform lock`."""
    health: Health
    found: str
    """What was found, in one sentence; it holds no secret."""
    mend: str = ""
    """The one command that mends it; empty where nothing is to be mended."""
