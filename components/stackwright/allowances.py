"""What a blueprint allows to be lost on a day, for all that judge it: the diff and the guard.

A plan does not depend on the day. It leaves unprotected whatever the blueprint names, expired or
not; `up` refuses what has expired, and so does `diff`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from stackwright.blueprint.flow import flow
from stackwright.blueprint.model import BlueprintHeader
from stackwright.diff.findings import Allowance

KEY = "allow_replacement"
"""The blueprint's key that names what may be lost."""


def allowances(blueprint: BlueprintHeader, today: date) -> dict[str, Allowance]:
    """Return what the blueprint of an environment allows to be lost, by `TYPE::NAME`.

    Args:
        blueprint: The blueprint, with what its environment says merged into it.
        today: The day it is judged by; an allowance holds to the end of its last day.
    """
    return {
        allowed.resource: Allowance(
            reason=allowed.reason,
            expires=allowed.expires,
            expired=date.fromisoformat(allowed.expires) < today,
        )
        for allowed in blueprint.allow_replacement
    }


def today() -> date:
    """Return the day that an expiry is judged by: that of UTC, the same for everyone."""
    return datetime.now(UTC).date()


def allowing_line(key: str) -> str:
    """Return the line of `allow_replacement` that allows one resource to be lost.

    The reason and the day are left for a person to write.

    Args:
        key: The resource as `TYPE::NAME`.
    """
    return f'- {{resource: {flow(key)}, reason: WHY, expires: "YYYY-MM-DD"}}'
