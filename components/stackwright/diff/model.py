"""A diff is what changes between two sides of a blueprint, as plain data with a version.

Values inside it are those of a plan: strings may hold symbols, `$unknown` marks a value that is
known after deployment, `$secret` a secret by what it is made from. No value of a secret is in it.

A property path is Pulumi's (`spec.template.spec.containers[name=mlflow].image`), with two
additions: an element of a list that has a key is named by it (`[name=mlflow]`) and not by its
position, and a path goes on inside a text that holds JSON or YAML (`policy.Statement[Sid=Read]`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

SCHEMA = "stackwright.diff/v1"

JsonValue: TypeAlias = Any


class Action(StrEnum):
    """What happens to a resource, in the words of the engine as far as it has one."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"
    """It leaves the program, and what is real stays (`retainOnDelete`)."""
    MOVE = "move"
    """An alias gives it another parent, project or type; nothing real changes."""
    RENAME = "rename"
    """An alias gives it another name in the program; nothing real changes."""
    IMPORT = "import"
    READ = "read"


class PropertyKind(StrEnum):
    """What happens to a property."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


class Effect(StrEnum):
    """What the change of a property does to its resource."""

    IN_PLACE = "in-place"
    REPLACES = "replaces"
    UNKNOWN = "unknown"
    """Nobody measured it: it may replace the resource."""
    NONE = "none"
    """The engine ignores it (`ignoreChanges`)."""


class Evidence(StrEnum):
    """How sure an effect is."""

    MEASURED = "measured"
    """A provider was asked, with this property changed alone."""
    DOCUMENTED = "documented"
    """The provider's source or documentation, or the program's own option, says so."""
    NONE = "none"


class Order(StrEnum):
    """In which order a resource is replaced."""

    DELETE_FIRST = "delete-first"
    CREATE_FIRST = "create-first"


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One property that differs. A new or a deleted resource has one for each of its inputs."""

    path: str
    kind: PropertyKind
    before: JsonValue = None
    """None when it was not there; null itself is told by `kind`."""
    after: JsonValue = None
    effect: Effect = Effect.IN_PLACE
    evidence: Evidence = Evidence.NONE
    noise: str = ""
    """Why it is counted and not shown, such as `image digest` or `checksum`; empty if it tells."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Why and how a resource is replaced."""

    properties: tuple[str, ...]
    """Paths of the properties that force it; of several, each alone would."""
    evidence: Evidence
    """How sure it is; that of the surest property."""
    order: Order
    gap: str
    """What its users see meanwhile, as a sentence; empty when there is nothing to see."""
    because_of: str = ""
    """URN of the resource whose replacement forces this one; empty for a root."""


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One resource that changes; what stays as it is has none."""

    urn: str
    """Of the later side; of the earlier one when it is deleted."""
    type: str
    """Pulumi type token."""
    name: str
    layer: str
    tool: str
    """Instance of the blueprint; empty for the program's own resources."""
    capability: str
    """Capability of the tool; empty for the program's own resources."""
    custom: bool
    """True for what a provider manages; False for a component that only groups others."""
    action: Action
    properties: tuple[PropertyChange, ...] = ()
    options: tuple[PropertyChange, ...] = ()
    """Options of the registration that differ, such as `protect`; by their names in a plan."""
    replacement: Replacement | None = None
    before_urn: str = ""
    """URN that an alias takes over from; empty when the URN stays."""
    twin: str = ""
    """URN of the deleted or new resource that this one seems to be, renamed without an alias."""
    alias: str = ""
    """What to add to the program for a twin: the URN for `aliases`. Empty where the alias of the
    component above brings it along, and between two stacks, which no alias joins."""
    loses: str = ""
    """What goes with the resource when it goes, such as `database`; empty for nothing."""
    protected: bool = False
    """Whether the engine holds it: `protect` on the earlier side."""
    uncertain: bool = False
    """True when it is updated as far as is known, and a property nobody measured may replace it."""

    @property
    def key(self) -> str:
        """`TYPE::NAME`, the words by which a blueprint names a resource."""
        return f"{self.type}::{self.name}"

    @property
    def ends(self) -> bool:
        """Tell whether the real thing, as it was, is no more."""
        return self.action in (Action.DELETE, Action.REPLACE)


@dataclass(frozen=True, slots=True)
class Chain:
    """A replacement and all that it replaces with it, across both layers."""

    root: str
    """URN of the first."""
    properties: tuple[str, ...]
    """Its properties that force it."""
    links: tuple[str, ...]
    """URNs of the others, in order of deployment."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What `allow_replacement` of the blueprint says of a resource."""

    reason: str
    expires: str
    """Last day, as YYYY-MM-DD."""
    expired: bool


@dataclass(frozen=True, slots=True)
class Protection:
    """One thing that may keep data, and whether it does."""

    name: str
    """Such as `final snapshot`, `versioning`, `backups`, `protect`."""
    holds: bool
    note: str
    """What it means here, as a sentence."""


@dataclass(frozen=True, slots=True)
class DataLoss:
    """A card: something stateful would be deleted or replaced."""

    urn: str
    layer: str
    tool: str
    action: Action
    what: str
    """What is lost, such as `database`."""
    causes: tuple[str, ...]
    """Property paths that force it, or none: the resource leaves the program."""
    protections: tuple[Protection, ...]
    steps: tuple[str, ...]
    """The safe way, a sentence for each step."""
    allowed: Allowance | None = None
    """None when the blueprint does not name the resource."""

    @property
    def refused(self) -> bool:
        """Tell whether the guard says no."""
        return self.allowed is None or self.allowed.expired


class Direction(StrEnum):
    """How access changes."""

    WIDER = "wider"
    NARROWER = "narrower"
    BOTH = "both"
    UNCLEAR = "unclear"
    """It depends on values that are known after deployment, or cannot be compared."""


@dataclass(frozen=True, slots=True)
class AccessChange:
    """Who may do what: compared by what is allowed, not by the text that says so."""

    urn: str
    layer: str
    tool: str
    kind: str
    """Such as `IAM policy`, `trust policy`, `security group`, `bucket policy`, `role`, `network
    policy`."""
    direction: Direction
    sentence: str
    """What is new or gone, in words."""
    gained: tuple[str, ...] = ()
    """What is allowed now and was not, an item each."""
    lost: tuple[str, ...] = ()
    """What was allowed and is not any more, an item each."""
    new: bool = False
    """Whether what gets the access is made by this change, so that it comes with a new thing."""


class Impact(StrEnum):
    """What those who call a service see."""

    INTERRUPTION = "interruption"
    ROLLOUT = "rollout"
    """New pods take over one by one."""
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ServiceImpact:
    """What a change means for something that answers requests."""

    urn: str
    layer: str
    tool: str
    capability: str
    impact: Impact
    sentence: str


@dataclass(frozen=True, slots=True)
class AcceleratorRow:
    """How many GPUs, or how much of a quota, one pool of nodes needs at most."""

    pool: str
    """Name of the pool or resource that asks for them."""
    instance_type: str
    quota: str
    """Name of the quota that counts it, such as `Running On-Demand G and VT instances`."""
    market: str
    """`on-demand` or `spot`."""
    gpus_before: int
    gpus_after: int
    vcpus_before: int
    """What the quota counts."""
    vcpus_after: int


class Breakage(StrEnum):
    """Why a project's wiring no longer holds."""

    REMOVED = "removed"
    RENAMED = "renamed"
    TYPE_CHANGED = "type-changed"
    ENVIRONMENT_REMOVED = "environment-removed"
    AMBIGUOUS = "ambiguous"
    """Two tools answer now where one did, so that the project would have to choose."""


@dataclass(frozen=True, slots=True)
class BrokenProject:
    """A project relies on a key of the wiring that a change takes away."""

    project: str
    file: str
    """Its file in the platform's repository."""
    line: int
    repository: str
    environment: str
    contract: str
    key: str
    breakage: Breakage
    sentence: str


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
        return tuple(
            change
            for change in self.changes
            if change.custom and not change.type.startswith("pulumi:")
        )

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
