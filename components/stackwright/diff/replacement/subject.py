"""A resource on both sides, with all that decides what a change does to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from stackwright.diff.properties.steps import Steps
from stackwright.diff.replacement.newer import newer_that_differ
from stackwright.diff.shapes import Inputs
from stackwright.plan.graph import ResourceOptions


@dataclass(frozen=True)
class Subject:
    """A resource on both sides."""

    type: str
    before: Inputs
    after: Inputs
    options: ResourceOptions
    """Those of the later side, which the engine goes by."""
    provider: Inputs
    """Inputs of the later side's provider; empty for a default one."""

    @cached_property
    def newer(self) -> frozenset[Steps]:
        """Where the sides differ in what a provider got after it was measured."""
        return newer_that_differ(self.type, self.before, self.after)
