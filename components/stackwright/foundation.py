"""What the platform's program reads of the foundation: bindings, by the foundation's outputs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import pulumi

from stackwright import naming
from stackwright.claims import Layer
from stackwright.environment import Environment
from stackwright.outputs import stack_output
from stackwright.resolution import Use


class Foundation:
    """The foundation stack of an environment, read output by output."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def binding(self, key: str) -> pulumi.Output[Any]:
        """Return one output of the foundation stack.

        Unknown in a preview while the foundation does not export it; an error in a deployment.
        """
        return stack_output(self._stack, key, Layer.FOUNDATION)

    def contract(self, use: Use) -> dict[str, Any]:
        """Return what a tool of the foundation gives for a claim of the platform."""
        prefix = f"{use.provider.instance}/{use.key}"
        names = self._environment.resolution.given(use)
        return {name: self.binding(f"{prefix}/{name}") for name in names}

    def wiring(self, instance: str, keys: Iterable[str]) -> dict[str, Any]:
        """Return the wiring of a tool that is only in the foundation."""
        return {key: self.binding(f"{instance}/wiring/{key}") for key in keys}

    @cached_property
    def _stack(self) -> pulumi.StackReference:
        scope = self._environment.scope
        project = naming.project(scope["name"], Layer.FOUNDATION)
        return pulumi.StackReference(
            f"{pulumi.get_organization()}/{project}/{scope['environment']}"
        )
