"""A resource on both sides, with all that decides what a change does to it."""

from __future__ import annotations

from dataclasses import dataclass

from stackwright.diff.shapes import Inputs
from stackwright.plan.graph import ResourceOptions


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource on both sides."""

    type: str
    before: Inputs
    after: Inputs
    options: ResourceOptions
    """Those of the later side, which the engine goes by."""
    provider: Inputs
    """Inputs of the later side's provider; empty for a default one."""
