"""Many grants, arranged so that whether one of them contains another grant is found quickly.

A role may hold thousands: each statement is as many as its actions times its resources.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from stackwright.diff.access.conditions import Condition
from stackwright.diff.access.grants import Grant, Term
from stackwright.diff.access.patterns import is_wild

_Kind: TypeAlias = tuple[Term, Term, frozenset[Condition]]


@dataclass(slots=True)
class _Actions:
    """Actions under one principal, resource and conditions."""

    exact: set[Term] = field(default_factory=set)
    wide: list[Term] = field(default_factory=list)
    """Those that may contain others."""

    def add(self, action: Term) -> None:
        if action not in self.exact:
            self.exact.add(action)
            if _is_wide(action):
                self.wide.append(action)

    def covers(self, action: Term) -> bool:
        return action in self.exact or any(one.covers(action) for one in self.wide)


class Held:
    """A growing set of grants."""

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        self._plain: dict[tuple[Term, Term], list[tuple[Grant, _Actions]]] = {}
        self._wide: list[tuple[Grant, _Actions]] = []
        self._kinds: dict[_Kind, _Actions] = {}
        self._near: dict[_Kind, list[_Actions]] = {}
        """What was found for a kind, as many grants of one kind are asked for in a row."""
        for grant in grants:
            self.add(grant)

    def add(self, grant: Grant) -> None:
        """Add one grant."""
        kind = _kind(grant)
        if kind not in self._kinds:
            self._kinds[kind] = _Actions()
            self._near.clear()
            entry = (grant, self._kinds[kind])
            if _is_wide(grant.principal) or _is_wide(grant.resource):
                self._wide.append(entry)
            else:
                self._plain.setdefault(kind[:2], []).append(entry)
        self._kinds[kind].add(grant.action)

    def covers(self, grant: Grant) -> bool:
        """Tell whether one of the grants contains another."""
        kind = _kind(grant)
        if kind not in self._near:
            entries = (*self._plain.get(kind[:2], ()), *self._wide)
            self._near[kind] = [actions for one, actions in entries if one.holds_for(grant)]
        return any(actions.covers(grant.action) for actions in self._near[kind])


def largest(grants: Iterable[Grant]) -> list[Grant]:
    """Return the grants that no other one contains; of several that are the same, the first."""
    kept = list(grants)
    for _ in range(2):
        held, rest = Held(), []
        for grant in kept:
            if not held.covers(grant):
                held.add(grant)
                rest.append(grant)
        # Once more from the other end: what comes later may contain what came before.
        kept = rest[::-1]
    return kept


def _kind(grant: Grant) -> _Kind:
    return grant.principal, grant.resource, grant.conditions


def _is_wide(term: Term) -> bool:
    return bool(term.excluded) or is_wild(term.pattern)
