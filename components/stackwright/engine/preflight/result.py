"""What came of a check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stackwright.checks import Check


class State(StrEnum):
    """What came of a check."""

    OK = "ok"
    """It is true."""
    FAILED = "failed"
    """It is not true; nothing should be changed."""
    SKIPPED = "skipped"
    """It could not be asked yet, such as of a cluster that is not made."""
    UNKNOWN = "unknown"
    """It was asked and no answer tells, such as where asking is not allowed."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one check."""

    check: Check
    state: State
    found: str
    """What was found, in one sentence; it holds no secret."""
    mend: str = ""
    """The one command or key that mends it; empty where nothing is to be mended."""


class Unanswered(Exception):
    """A check ends here without being true or false."""

    def __init__(self, state: State, found: str, mend: str = "") -> None:
        self.state = state
        self.found = found
        self.mend = mend
        super().__init__(found)


def holds(check: Check, found: str) -> Result:
    """Return that a check is true."""
    return Result(check, State.OK, found)


def fails(check: Check, found: str, mend: str = "") -> Result:
    """Return that a check is not true; without `mend` the check's own words tell what to do."""
    return Result(check, State.FAILED, found, mend or check.mend)
