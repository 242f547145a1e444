"""What follows from the changes of an environment: losses, access, services, quotas, projects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stackwright.diff.changes import Action


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
