"""Where a run stands: per layer and tool how much is done, what is in flight, what failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stackwright.engine.events import Event, Operation, Phase, ResourceEvent, Status

OWN = "other"
"""Row of what belongs to no tool: what the user's own program adds."""

_QUIET = (Operation.SAME, Operation.READ, Operation.REFRESH)


@dataclass(slots=True)
class Row:
    """One tool in one layer."""

    capability: str
    tool: str
    planned: int = 0
    """Resources that the preview said would change."""
    in_flight: dict[str, tuple[str, float]] = field(default_factory=dict)
    """URN -> what is done to it, and when that began (seconds of the clock)."""
    _done: set[str] = field(default_factory=set)
    _failed: set[str] = field(default_factory=set)

    @property
    def done(self) -> int:
        """Resources that are as they should be."""
        return len(self._done - self._failed - self.in_flight.keys())

    @property
    def failed(self) -> int:
        """Resources that something went wrong with."""
        return len(self._failed)

    @property
    def total(self) -> int:
        """Resources that change, as far as is known."""
        return max(self.planned, len(self._done | self._failed | self.in_flight.keys()))

    @property
    def mark(self) -> str:
        """One character that says how the row stands."""
        if self.failed:
            return "✗"
        if self.in_flight:
            return "•"
        return "✓" if self.done == self.total else " "

    def take(self, event: ResourceEvent, now: float) -> None:
        """Take one step on one of its resources in."""
        if event.status is Status.STARTED:
            self.in_flight[event.urn] = (f"{event.operation.value} {event.name}", now)
            return
        self.in_flight.pop(event.urn, None)
        (self._failed if event.status is Status.FAILED else self._done).add(event.urn)


@dataclass(slots=True)
class Board:
    """Everything that a view draws, fed with events.

    Args:
        capabilities: Tool -> capability, as the blueprint says.
        clock: Seconds, for how long something has been in flight.
    """

    capabilities: Mapping[str, str]
    clock: Callable[[], float] = time.monotonic
    layer: str = ""
    action: str = ""
    begun: float = 0.0
    resources: int = 0
    """Resources seen in the current run."""
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    """Layer -> tool -> row, for the current action."""
    _planned: dict[str, dict[str, int]] = field(default_factory=dict)

    def __call__(self, event: Event) -> None:
        """Take one event in."""
        if isinstance(event, Phase):
            self._phase(event)
        elif isinstance(event, ResourceEvent):
            self._resource(event)

    @property
    def working(self) -> tuple[Row, ...]:
        """Rows of the current layer, in the order that work came to them."""
        return tuple(self.rows.get(self.layer, {}).values())

    def _phase(self, phase: Phase) -> None:
        if phase.status is not Status.STARTED:
            if phase.action == "preview":
                self._planned[phase.layer] = {
                    tool: row.total for tool, row in self.rows.get(phase.layer, {}).items()
                }
            return
        self.layer, self.action, self.begun = phase.layer, phase.action, self.clock()
        self.resources = 0
        self.rows[phase.layer] = {}
        if phase.action == "up":
            for tool, total in self._planned.get(phase.layer, {}).items():
                self._row(phase.layer, tool).planned = total

    def _resource(self, event: ResourceEvent) -> None:
        if event.status is Status.STARTED:
            self.resources += 1
        if event.operation in _QUIET or not event.custom:
            return
        self._row(event.layer, event.tool or OWN).take(event, self.clock())

    def _row(self, layer: str, tool: str) -> Row:
        rows = self.rows.setdefault(layer, {})
        capability = self.capabilities.get(tool, "")
        return rows.setdefault(tool, Row(capability, tool))
