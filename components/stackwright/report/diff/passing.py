"""Access that comes or goes with its resource, and changes nothing for what was and stays there."""

from __future__ import annotations

from collections.abc import Collection

from stackwright.diff.changes import Action
from stackwright.diff.findings import AccessChange, Direction
from stackwright.diff.model import EnvironmentDiff


def deleted(environment: EnvironmentDiff) -> frozenset[str]:
    """Return the URNs of what is deleted."""
    return frozenset(one.urn for one in environment.changes if one.action is Action.DELETE)


def goes(change: AccessChange, gone: Collection[str]) -> bool:
    """Tell whether access ends only as what it was for is deleted.

    What widens access as it goes, such as a rule that denies, is not of these.

    Args:
        change: How access changes.
        gone: URNs of what is deleted.
    """
    return change.urn in gone and change.direction is Direction.NARROWER
