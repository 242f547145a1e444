"""What one set of rules allows and another one does not."""

from __future__ import annotations

from collections.abc import Iterable

from stackwright.diff.access.grants import Grant, Rules
from stackwright.diff.access.holding import Held, largest


def gained(before: Rules, after: Rules) -> list[Grant]:
    """Return what may be done after and might not before: new permissions, and refusals gone.

    What `after` refuses at the same time is not allowed by it.
    """
    refused = Held(grant for grant in after.grants if not grant.allows)
    allowed = Held(grant for grant in before.grants if grant.allows)
    new = [
        grant
        for grant in after.grants - before.grants
        if grant.allows and not allowed.covers(grant) and not refused.covers(grant)
    ]
    free = [
        grant
        for grant in before.grants - after.grants
        if not grant.allows and not refused.covers(grant)
    ]
    found = (*largest(sorted(new, key=_order)), *largest(sorted(free, key=_order)))
    return sorted(found, key=_order)


def narrowed(grant: Grant, others: Iterable[Grant]) -> Grant | None:
    """Return one of `others` that is left of `grant`; None when nothing is."""
    return next(
        (other for other in sorted(others, key=_order) if other.allows and grant.covers(other)),
        None,
    )


def _order(grant: Grant) -> tuple[bool, str, str, str]:
    return (not grant.allows, str(grant.principal), str(grant.resource), str(grant.action))
