"""What happens while the engine works, as plain events for people and scripts.

The engine's own events carry whole states. These carry no value of any property: what is done to
which resource, which of its properties differ, and what the engine has to say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

SCHEMA = "stackwright.events/v1"


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
