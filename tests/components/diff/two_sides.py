"""Two sides of a program, recorded for real, and what is judged of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from stackwright.diff.changes import ResourceChange
from stackwright.diff.pairing.pairs import pair
from stackwright.diff.pairing.resources import changes
from stackwright.diff.replacement.judging import judged
from stackwright.plan.graph import JsonValue, Plan, Resource, ResourceOptions
from stackwright.plan.make import plan_environment
from stackwright.plan.recorder import record

EXAMPLES = Path(__file__).parents[3] / "examples"

Program = Callable[[], object]


def planned(program: Program) -> Plan:
    """Return the plan of one program."""
    layer = record(
        program, layer="foundation", project="acme", stack="dev", root_directory=".", foreign={}
    )
    return Plan("acme", "dev", "aws", (layer,))


def example(name: str, environment: str) -> Plan:
    """Return the plan of an example, both layers."""
    return plan_environment(EXAMPLES / name / "blueprint.yaml", environment)


def between(base: Plan | None, head: Plan | None) -> tuple[ResourceChange, ...]:
    """Return what is judged of two plans."""
    paired = pair(base, head)
    return judged(changes(paired, base, head), paired, base, head)


def by_name(base: Plan | None, head: Plan | None) -> dict[str, ResourceChange]:
    """Return what is judged of the resources that a provider manages, by name."""
    return {change.name: change for change in between(base, head) if change.custom}


def with_inputs(plan: Plan, key: str, **inputs: JsonValue) -> Plan:
    """Return a plan in which the resource `TYPE::NAME` has other inputs; None takes one away."""

    def edit(resource: Resource) -> Resource:
        given = {**resource.inputs, **inputs}
        return replace(resource, inputs={k: v for k, v in given.items() if v is not None})

    return _edited(plan, key, edit)


def with_options(plan: Plan, key: str, options: ResourceOptions) -> Plan:
    """Return a plan in which the resource `TYPE::NAME` has other options."""
    return _edited(plan, key, lambda resource: replace(resource, options=options))


def without(plan: Plan, key: str) -> Plan:
    """Return a plan without the resource `TYPE::NAME`."""
    return _edited(plan, key, lambda _: None)


def _edited(plan: Plan, key: str, edit: Callable[[Resource], Resource | None]) -> Plan:
    found = 0
    layers = []
    for layer in plan.layers:
        resources = []
        for resource in layer.resources:
            named = f"{resource.type}::{resource.name}" == key
            found += named
            kept = edit(resource) if named else resource
            resources += [] if kept is None else [kept]
        layers.append(replace(layer, resources=tuple(resources)))
    assert found == 1, key
    return replace(plan, layers=tuple(layers))
