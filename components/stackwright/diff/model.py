"""A diff is what changes between two sides of a blueprint, as plain data with a version.

Values inside it are those of a plan: strings may hold symbols, `$unknown` marks a value that is
known after deployment, `$secret` a secret by what it is made from. No value of a secret is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from stackwright.diff.changes import Action, Chain, JsonValue, PropertyChange, ResourceChange
from stackwright.diff.findings import (
    AcceleratorRow,
    AccessChange,
    BrokenProject,
    DataLoss,
    ServiceImpact,
)
from stackwright.urns import is_managed

SCHEMA = "stackwright.diff/v1"


@dataclass(frozen=True, slots=True)
class BlueprintChange:
    """One key of the blueprint that differs: the cause of what follows."""

    path: str
    """Dotted key path."""
    before: JsonValue
    after: JsonValue
    file: str
    line: int
    """In the later file; in the earlier one, where the key is gone."""
    removed: bool
    """True when the key is only in the earlier file."""
    tool: str
    """Instance that it configures; empty for what all share."""
    environments: tuple[str, ...]
    """Environments that it reaches."""


class Presence(StrEnum):
    """What becomes of an environment."""

    ADDED = "added"
    REMOVED = "removed"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class ToolDiff:
    """One tool of the platform, changed or not: a box of its picture."""

    instance: str
    capability: str
    kind: str
    title: str
    layer: str
    """The layer that most of it is in."""
    presence: Presence
    resources: int
    """How many resources a provider manages for it; before, where it is removed."""
    assumed: bool = False
    """True when the blueprint does not name it and another tool needs it."""


@dataclass(frozen=True, slots=True)
class EdgeDiff:
    """One tool uses another, on one side or on both: a line of the picture."""

    source: str
    """Instance that claims."""
    target: str
    """Instance that provides."""
    claim: str
    contract: str
    presence: Presence


@dataclass(frozen=True, slots=True)
class EnvironmentDiff:
    """Everything that changes in one environment."""

    environment: str
    presence: Presence
    target: str
    unchanged: int
    """Resources that a provider manages and that stay as they are."""
    changes: tuple[ResourceChange, ...]
    """In order of deployment; what is deleted comes last, in the opposite order."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Instance -> what it is in words, such as `MLflow tracking server`."""
    outputs: tuple[PropertyChange, ...] = ()
    """Exported values and wiring that differ, by `LAYER.KEY`."""
    chains: tuple[Chain, ...] = ()
    losses: tuple[DataLoss, ...] = ()
    access: tuple[AccessChange, ...] = ()
    services: tuple[ServiceImpact, ...] = ()
    accelerators: tuple[AcceleratorRow, ...] = ()
    warnings: tuple[str, ...] = ()
    digest: str = ""
    """SHA-256 of what would be deployed; see `stackwright.diff.digest`."""
    tools: tuple[ToolDiff, ...] = ()
    """Every tool of either side, in order of deployment."""
    edges: tuple[EdgeDiff, ...] = ()
    hazards: tuple[str, ...] = ()
    """What a service would refuse, or take for what goes, while this is deployed: a sentence for
    each."""

    @property
    def managed(self) -> tuple[ResourceChange, ...]:
        """The changes of what a provider manages; these are counted."""
        return tuple(change for change in self.changes if is_managed(change.type, change.custom))

    def counts(self) -> dict[str, int]:
        """Return how many managed resources see each action, in the order of `Action`."""
        found = dict.fromkeys(Action, 0)
        for change in self.managed:
            found[change.action] += 1
        return {action.value: count for action, count in found.items() if count}


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One key of the blueprint over all environments, as it is after the change."""

    path: str
    values: Mapping[str, JsonValue]
    """Environment -> value; an environment that lacks the key is not in it."""
    changed: tuple[str, ...]
    """Environments in which this change sets it."""
    differs: bool
    """Whether environments still differ in it afterwards."""


class Risk(StrEnum):
    """Kinds of risk, the worst first."""

    DATA_LOSS = "data-loss"
    BROKEN_PROJECT = "broken-project"
    HAZARD = "hazard"
    """The deployment itself would go wrong, halfway."""
    INTERRUPTION = "interruption"
    ACCESS = "access"
    REPLACEMENT = "replacement"
    UNCERTAIN = "uncertain"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer reads first."""

    worst: Risk | None
    """None when nothing changes."""
    sentence: str
    """The worst risk first, in words."""
    risks: Mapping[str, int]
    """Risk -> how many findings of it, over all environments."""
    refused: bool
    """Whether the answer is no: data would be lost that no one allowed, or a project breaks."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sides."""

    label: str
    """What the user called it: a revision, a folder, a file of a plan."""
    commit: str = ""
    """Full commit; empty where there is none."""
    dirty: bool = False
    """Whether files differ from the commit."""
    stackwright: str = ""
    """Version that made its plans."""
    pinned: str = ""
    """What its blueprint says in `requires`."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What changes between two sides, in every environment."""

    name: str
    """Name of the platform."""
    base: Side
    head: Side
    verdict: Verdict
    environments: tuple[EnvironmentDiff, ...]
    """Every environment of either side, in the order of the later blueprint."""
    causes: tuple[BlueprintChange, ...] = ()
    matrix: tuple[MatrixRow, ...] = ()
    projects: tuple[BrokenProject, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader should know of the comparison itself, such as different versions."""

    @property
    def empty(self) -> bool:
        """Tell whether nothing would change at all."""
        return not any(
            one.changes or one.outputs or one.presence is not Presence.BOTH
            for one in self.environments
        )

    def changes(self) -> Iterator[tuple[EnvironmentDiff, ResourceChange]]:
        """Yield every change with its environment."""
        for environment in self.environments:
            for change in environment.changes:
                yield environment, change
