"""What happens to each resource, and to each of its properties.

A property path is Pulumi's (`spec.template.spec.containers[name=mlflow].image`), with two
additions: an element of a list that has a key is named by it (`[name=mlflow]`) and not by its
position, and a path goes on inside a text that holds JSON or YAML (`policy.Statement[Sid=Read]`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

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
