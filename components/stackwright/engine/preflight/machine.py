"""Verifies what must be true of the machine that the command runs on."""

from __future__ import annotations

import shutil
from contextlib import suppress

from stackwright.checks import ClockAgrees, ProgramFound
from stackwright.engine.preflight.result import Result, State, Unanswered, fails, holds
from stackwright.engine.preflight.worlds import Worlds

TOLERATED_SKEW = 300.0
"""Seconds that AWS lets a clock be wrong (IAM user guide, "Signing AWS API requests")."""


def program(check: ProgramFound, worlds: Worlds) -> Result:
    """Verify that a program is on the path."""
    found = shutil.which(check.program)
    return holds(check, f"it is {found}.") if found else fails(check, "it is not on the path.")


def clock(check: ClockAgrees, worlds: Worlds) -> Result:
    """Verify that the clock agrees with that of AWS or of the cluster, whichever answers."""
    skew = _skew(worlds)
    if skew is None:
        raise Unanswered(State.SKIPPED, "no server told its time.")
    if abs(skew) <= TOLERATED_SKEW:
        return holds(check, f"it is {abs(skew):.0f} seconds from that of the servers.")
    direction = "ahead of" if skew > 0 else "behind"
    return fails(check, f"it is {abs(skew):.0f} seconds {direction} that of the servers.")


def _skew(worlds: Worlds) -> float | None:
    found = None
    if worlds.has_account:
        with suppress(Unanswered):
            found = worlds.open_account().skew
    if found is None and worlds.has_cluster:
        with suppress(Unanswered):
            found = worlds.open_cluster().skew
    return found
