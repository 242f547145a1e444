"""Outputs that get other values because their resource is replaced, followed to who uses them.

A preview of the engine takes every output of a replaced resource for unknown unless it is an
input. Across layers it is the value that counts: an output that is made from the same name stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stackwright.data.replacement import name_input, named_outputs, new_outputs
from stackwright.diff.changes import Evidence
from stackwright.diff.properties import paths
from stackwright.diff.properties.steps import steps, values_at
from stackwright.diff.shapes import at
from stackwright.plan.graph import JsonValue, Layer, Plan, Resource, origins
from stackwright.report.inventory import STACK
from stackwright.report.words import is_mark
from stackwright.urns import type_of

_IDENTITY = ("metadata.name", "metadata.namespace")

_DEEPEST = 10
"""Outputs of stacks and components that are followed one after the other."""


@dataclass(frozen=True, slots=True)
class Use:
    """An input, or a part of one, and what it is made from."""

    path: str
    made_from: tuple[tuple[str, str], ...]
    """Resource and output: the resource itself, not the stack or component that hands it on."""


class Wiring:
    """What is made from what on the later side, through the outputs of stacks and components."""

    def __init__(self, plan: Plan) -> None:
        self._layers: Mapping[str, Layer] = {
            resource.urn: layer for layer, resource in plan.resources() if resource.type == STACK
        }
        self._components: Mapping[str, Resource] = {
            resource.urn: resource
            for _, resource in plan.resources()
            if not resource.custom and resource.type != STACK
        }

    def uses(self, resource: Resource) -> Iterator[Use]:
        """Yield every part of a resource's inputs that is made from an output."""
        for name in resource.property_dependencies:
            yield from self._within(name, resource.inputs.get(name))

    def made_from(self, value: JsonValue, deepest: int = _DEEPEST) -> Iterator[tuple[str, str]]:
        """Yield resource and output for all that a value is made from."""
        for origin in origins(value):
            urn, _, output = origin.partition("#")
            handed_on = self._handed_on(urn, output)
            if handed_on is None or not deepest:
                yield urn, output
            else:
                yield from self.made_from(handed_on, deepest - 1)

    def _within(self, path: str, value: JsonValue) -> Iterator[Use]:
        if isinstance(value, Mapping) and not is_mark(value):
            for key, item in value.items():
                yield from self._within(paths.member(path, key), item)
        elif isinstance(value, list | tuple) and not _is_flat(value):
            for index, item in enumerate(value):
                yield from self._within(paths.item(path, index), item)
        elif made_from := tuple(self.made_from(value)):
            yield Use(path, made_from)

    def _handed_on(self, urn: str, output: str) -> JsonValue:
        """Return what a stack or a component gives as one of its outputs; None for a resource."""
        if urn in self._layers:
            return self._layers[urn].outputs.get(output)
        if urn in self._components:
            return at(self._components[urn].outputs, output)
        return None


def renewed(output: str, before: Resource, after: Resource) -> Evidence | None:
    """Return how sure it is that a replacement gives an output another value; None if it stays."""
    where = steps(output)
    if not where:
        return Evidence.NONE
    given = values_at(after.inputs, where)
    if given:
        return None if given == values_at(before.inputs, where) else Evidence.DOCUMENTED
    if where[0] in named_outputs(after.type):
        same = (name_input(after.type), "path")
        return None if _same(before, after, same) else Evidence.DOCUMENTED
    if where == ("id",) and type_of(after.urn).startswith("kubernetes:"):
        return None if _same(before, after, _IDENTITY) else Evidence.DOCUMENTED
    return Evidence.DOCUMENTED if where[0] in new_outputs(after.type) else Evidence.NONE


def _same(before: Resource, after: Resource, paths: tuple[str, ...]) -> bool:
    """Tell whether the first input is given, and all are the same on both sides."""
    return at(after.inputs, paths[0]) is not None and all(
        at(before.inputs, path) == at(after.inputs, path) for path in paths
    )


def _is_flat(items: Sequence[JsonValue]) -> bool:
    return not any(isinstance(item, Mapping | list | tuple) for item in items)
