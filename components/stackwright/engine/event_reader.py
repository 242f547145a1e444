"""Reads the engine's own events: what they say of resources, and nothing of their properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stackwright.engine.changes import STACK
from stackwright.engine.events import (
    Diagnostic,
    Difference,
    Event,
    Operation,
    ResourceEvent,
    Status,
    Summary,
)
from stackwright.engine.redaction import Redactor
from stackwright.urns import name_of, tool_of

if TYPE_CHECKING:
    from pulumi.automation.events import (
        DiagnosticEvent,
        EngineEvent,
        StepEventMetadata,
        SummaryEvent,
    )

_INTERRUPTED = re.compile(r"^(\^C|SIGINT|SIGTERM) received; ", re.M)

_OPERATIONS = {
    "create-replacement": Operation.REPLACE,
    "delete-replaced": Operation.REPLACE,
    "read-replacement": Operation.READ,
    "import-replacement": Operation.REPLACE,
    "remove-pending-replace": Operation.REPLACE,
    "discard": Operation.READ,
    "discard-replaced": Operation.READ,
    **{operation.value: operation for operation in Operation},
}


@dataclass(slots=True)
class EventReader:
    """Reads the events of one run of the engine.

    Args:
        layer: Layer of the stack.
        instances: Names of the blueprint's tools.
        redact: Hides secrets in what the engine says.
        told: Called with each event.
    """

    layer: str
    instances: frozenset[str]
    redact: Redactor
    told: Callable[[Event], None] = lambda _: None
    events: list[Event] = field(default_factory=list)
    ended: bool = False
    """True when the engine has said that it is at its end."""
    _parents: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False
    """True when the engine was told to stop: an interrupted `destroy` says all the same that it
    has succeeded, whatever is left."""
    exports_differ: bool = False
    """True when the values that the stack exports are not what they were; of a secret nothing can
    be said."""
    _summed: bool = False

    def __call__(self, event: EngineEvent) -> None:
        """Read one event of the engine; events of kinds that say nothing new are left out."""
        for found in self._read(event):
            self.events.append(found)
            self.told(found)

    def _read(self, event: EngineEvent) -> Iterator[Event]:
        if event.resource_pre_event:
            yield self._resource(event.resource_pre_event.metadata, Status.STARTED)
        elif event.res_outputs_event:
            self._exports(event.res_outputs_event.metadata)
            yield self._resource(event.res_outputs_event.metadata, Status.DONE)
        elif event.res_op_failed_event:
            yield self._resource(event.res_op_failed_event.metadata, Status.FAILED)
        elif event.diagnostic_event:
            yield from self._diagnostic(event.diagnostic_event)
        elif event.summary_event:
            self._summed = True
            yield self._summary(event.summary_event)
        elif event.stdout_event:
            self.interrupted |= bool(_INTERRUPTED.search(event.stdout_event.message))
        elif event.cancel_event:
            self.ended = True

    def _resource(self, step: StepEventMetadata, status: Status) -> ResourceEvent:
        state = step.new or step.old
        old = step.old
        self._parents[step.urn] = state.parent if state else ""
        return ResourceEvent(
            layer=self.layer,
            urn=step.urn,
            type=step.type,
            name=name_of(step.urn),
            tool=tool_of(step.urn, self._parents, self.instances),
            operation=_OPERATIONS[step.op.value],
            status=status,
            differences=differences(step),
            protected=bool(old.protect if old else state and state.protect),
            retained=bool(old.retain_on_delete if old else state and state.retain_on_delete),
            custom=bool(state.custom) if state else True,
        )

    def _exports(self, step: StepEventMetadata) -> None:
        # The engine says it several times of a stack; what it says last is how it ends.
        if step.type == STACK and step.old and step.new:
            self.exports_differ = (step.old.outputs or {}) != (step.new.outputs or {})

    def _diagnostic(self, said: DiagnosticEvent) -> Iterator[Diagnostic]:
        # `info#err` is what the program writes to its standard error.
        severity = said.severity.partition("#")[0]
        message = self.redact(said.message).strip("\n")
        # After the summary it is the noise of a program that is being ended.
        noise = severity == "debug" or (severity == "info" and self._summed)
        if message and not noise and not said.ephemeral:
            yield Diagnostic(self.layer, severity, message, said.urn or "")

    def _summary(self, summary: SummaryEvent) -> Summary:
        counts = {str(getattr(op, "value", op)): n for op, n in summary.resource_changes.items()}
        return Summary(
            self.layer, counts, float(summary.duration_seconds), bool(summary.maybe_corrupt)
        )


def differences(step: StepEventMetadata) -> tuple[Difference, ...]:
    """Return which properties differ, sorted by path; by their top-level names if the provider
    tells no more."""
    replacing = set(step.keys or ())
    detailed = {
        path: (diff.diff_kind.value.removesuffix("-replace"), diff.diff_kind.value)
        for path, diff in (step.detailed_diff or {}).items()
    }
    if detailed:
        found = [
            Difference(path, kind, whole.endswith("-replace") or path in replacing)
            for path, (kind, whole) in detailed.items()
        ]
    else:
        found = [Difference(key, "update", key in replacing) for key in step.diffs or ()]
    missing = replacing - {difference.path.split(".")[0].split("[")[0] for difference in found}
    found += [Difference(key, "update", replaces=True) for key in missing]
    return tuple(sorted(found, key=lambda difference: difference.path))
