"""How far something that was deployed is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far something is."""

    READY = "ready"
    WAITING = "waiting"
    """It may still become ready."""
    FAILED = "failed"
    """It will not become ready by itself."""
    UNKNOWN = "unknown"
    """It could not be asked."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is to become ready."""

    kind: str
    """Kind of Kubernetes, such as `Deployment`, or `Endpoint`."""
    path: str
    """Path at the API server; URL of an endpoint."""
    namespace: str
    """Empty for what is in no namespace."""
    name: str
    tool: str
    """Instance of the blueprint that it belongs to."""

    def __str__(self) -> str:
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look at an object tells."""

    state: State
    reason: str
    """Why, in one sentence without a period; it holds no secret."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far one thing is."""

    target: Target
    state: State
    reason: str
    """Why, in one sentence without a period; it holds no secret."""
