"""What happens while the engine works, as plain events for people and scripts.

The engine's own events carry whole states. These carry no value of any property: what is done to
which resource, which of its properties differ, and what the engine has to say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from stackwright.engine.redaction import Redactor

if TYPE_CHECKING:
    from pulumi.automation.events import (
        DiagnosticEvent,
        EngineEvent,
        StepEventMetadata,
        SummaryEvent,
    )

SCHEMA = "stackwright.events/v1"

COMPONENT_PREFIX = "stackwright:index:"
"""Every component of ours has a type that begins so; its name is the instance in the blueprint."""


class Operation(StrEnum):
    """What is done to a resource, in Pulumi's words; the steps of a replacement are one."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    READ = "read"
    REFRESH = "refresh"
    IMPORT = "import"


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


class Status(StrEnum):
    """How far an operation is."""

    STARTED = "started"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One property of a resource that differs."""

    path: str
    """Property path, such as `spec.replicas`."""
    kind: str
    """`add`, `delete` or `update`."""
    replaces: bool = False
    """True when the resource must be replaced for it."""


@dataclass(frozen=True, slots=True)
class ResourceEvent:
    """One step on one resource."""

    kind: ClassVar[str] = "resource"

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
    """False for a component, which only groups others."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that the engine, a provider or the program says."""

    kind: ClassVar[str] = "diagnostic"

    layer: str
    severity: str
    """`error`, `warning` or `info`."""
    message: str
    """One or more lines, secrets hidden, no colour."""
    urn: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The engine's own count at the end of an operation."""

    kind: ClassVar[str] = "summary"

    layer: str
    counts: Mapping[str, int]
    """Pulumi's operation -> resources."""
    seconds: float
    maybe_corrupt: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """A step of the whole way began or ended."""

    kind: ClassVar[str] = "phase"

    layer: str
    """Layer; empty for what concerns both."""
    action: str
    """`preview`, `up`, `refresh`, `destroy`, `checks` or `readiness`."""
    status: Status
    message: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about the world outside: a check before, a workload after."""

    kind: ClassVar[str] = "finding"

    layer: str
    subject: str
    """What was looked at."""
    state: str
    """`ok`, `failed`, `skipped`, `unknown` or `waiting`."""
    message: str = ""
    mend: str = ""
    """The one command or key that mends it; empty where nothing needs mending."""


@dataclass(frozen=True, slots=True)
class End:
    """How a command ended; the last event of its stream."""

    kind: ClassVar[str] = "end"

    environment: str
    result: str
    """`succeeded`, `unchanged`, `refused`, `failed` or `stopped`."""
    message: str
    """The last line of a person."""
    code: int
    """The exit code."""
    reason: str = ""
    """Why it failed."""
    layers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Layer -> Pulumi's operation -> resources."""
    answer: Mapping[str, Any] = field(default_factory=dict)
    """What else the command found, such as `wiring` after `up`, `forecast` of `destroy`."""


Event: TypeAlias = ResourceEvent | Diagnostic | Summary | Phase | Finding | End


def as_json(event: Event, sequence: int, time: str) -> dict[str, Any]:
    """Return an event as one versioned JSON object.

    Args:
        event: The event.
        sequence: Its number in the stream, from 1.
        time: When it was received, as ISO 8601 in UTC.
    """
    data = dataclasses.asdict(event)
    return {"schema": SCHEMA, "sequence": sequence, "time": time, "kind": event.kind, **data}


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
            yield self._resource(event.res_outputs_event.metadata, Status.DONE)
        elif event.res_op_failed_event:
            yield self._resource(event.res_op_failed_event.metadata, Status.FAILED)
        elif event.diagnostic_event:
            yield from self._diagnostic(event.diagnostic_event)
        elif event.summary_event:
            self._summed = True
            yield self._summary(event.summary_event)
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


def tool_of(urn: str, parents: Mapping[str, str], instances: Collection[str]) -> str:
    """Return the blueprint's tool that a resource belongs to; empty for none.

    Args:
        urn: The resource.
        parents: URN -> URN of the parent, of it and of all above it.
        instances: Names of the blueprint's tools.
    """
    while urn:
        name = name_of(urn)
        if type_of(urn).startswith(COMPONENT_PREFIX) and name in instances:
            return name
        urn = parents.get(urn, "")
    return ""


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


def name_of(urn: str) -> str:
    """Return the name of the resource that a URN names."""
    return urn.split("::", 3)[-1]


def type_of(urn: str) -> str:
    """Return the type of the resource that a URN names, without the types above it."""
    parts = urn.split("::", 3)
    return parts[2].split("$")[-1] if len(parts) == 4 else ""
