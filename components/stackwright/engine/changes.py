"""What a run of the engine would change, or has changed: one change per resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from stackwright.engine.events import Difference, Event, Operation, ResourceEvent, Status

STACK = "pulumi:pulumi:Stack"

_RANK = {
    Operation.SAME: 0,
    Operation.READ: 1,
    Operation.REFRESH: 2,
    Operation.IMPORT: 3,
    Operation.CREATE: 4,
    Operation.UPDATE: 5,
    Operation.DELETE: 6,
    Operation.REPLACE: 7,
}
"""Of the several steps of one resource, the one that tells most about what happens to it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource."""

    layer: str
    urn: str
    type: str
    name: str
    tool: str
    """Instance of the blueprint that it belongs to; empty for the program's own resources."""
    operation: Operation
    status: Status
    differences: tuple[Difference, ...] = ()
    protected: bool = False
    retained: bool = False
    """True when the real thing stays when the resource is deleted."""
    custom: bool = True

    @property
    def replaced_for(self) -> tuple[str, ...]:
        """Properties that the resource must be replaced for."""
        return tuple(item.path for item in self.differences if item.replaces)

    @property
    def key(self) -> str:
        """`TYPE::NAME`, the words by which a blueprint names a resource."""
        return f"{self.type}::{self.name}"


@dataclass(frozen=True, slots=True)
class Changes:
    """All that one run does to the resources of one layer, in the order that it came to them."""

    every: tuple[Change, ...]
    """Resources that stay as they are included, the stack itself left out."""

    @classmethod
    def of(cls, events: Iterable[Event]) -> Changes:
        """Fold the events of a run: one change per resource, whatever its number of steps."""
        found: dict[str, Change] = {}
        for event in events:
            if isinstance(event, ResourceEvent) and event.type != STACK:
                change = _change(event)
                before = found.get(event.urn)
                found[event.urn] = change if before is None else _joined(before, change)
        return cls(tuple(found.values()))

    @property
    def real(self) -> tuple[Change, ...]:
        """Changes that do something to a resource."""
        quiet = (Operation.SAME, Operation.READ, Operation.REFRESH)
        return tuple(change for change in self.every if change.operation not in quiet)

    @property
    def failed(self) -> tuple[Change, ...]:
        """Changes that did not succeed."""
        return tuple(change for change in self.every if change.status is Status.FAILED)

    @property
    def unfinished(self) -> tuple[Change, ...]:
        """Changes that were begun and of which no end is known."""
        return tuple(change for change in self.real if change.status is Status.STARTED)

    def counts(self) -> dict[str, int]:
        """Return how many resources see each operation, those that stay as they are included."""
        return dict(Counter(change.operation.value for change in self.every))

    def of_operation(self, *operations: Operation) -> Sequence[Change]:
        """Return the changes of some operations."""
        return [change for change in self.every if change.operation in operations]


def _change(event: ResourceEvent) -> Change:
    return Change(
        layer=event.layer,
        urn=event.urn,
        type=event.type,
        name=event.name,
        tool=event.tool,
        operation=event.operation,
        status=event.status,
        differences=event.differences,
        protected=event.protected,
        retained=event.retained,
        custom=event.custom,
    )


def _joined(before: Change, after: Change) -> Change:
    """Return one change for two steps of one resource."""
    told = after if _RANK[after.operation] >= _RANK[before.operation] else before
    failed = Status.FAILED in (before.status, after.status)
    return replace(
        told,
        status=Status.FAILED if failed else after.status,
        differences=after.differences or before.differences,
        protected=before.protected or after.protected,
        retained=before.retained or after.retained,
    )
