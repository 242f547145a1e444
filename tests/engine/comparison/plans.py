"""Compares a whole plan with what the engine made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.engine.comparison import normalising
from tests.engine.comparison.deployed import Outputs, Resource
from tests.engine.comparison.report import MISSING, Report
from tests.engine.comparison.resources import STACK, Request, compare_resource
from tests.engine.comparison.values import ValueComparison

from stackwright.plan.graph import Layer, Plan


@dataclass(frozen=True)
class Deployed:
    """What the engine made of one layer."""

    resources: list[Resource]
    """Of the exported state, with secrets in plain text."""
    requests: Mapping[str, Request]
    """Registrations as the engine received them, by URN, before any provider saw them."""


def compare(plan: Plan, deployed: Mapping[str, Deployed]) -> Report:
    """Compare every layer.

    Args:
        plan: The plan.
        deployed: Name of each layer -> what the engine made.
    """
    report = Report()
    everything = [resource for layer in deployed.values() for resource in layer.resources]
    names = {layer.name for layer in plan.layers}
    report.equal("", "layers", names, set(deployed))
    for layer in plan.layers:
        if layer.name in deployed:
            _layer(report, Outputs(everything), layer, deployed[layer.name])
    return report


def _layer(report: Report, outputs: Outputs, plan: Layer, deployed: Deployed) -> None:
    ours = {resource.urn: resource for resource in plan.resources}
    theirs = normalising.of_the_program(deployed.resources)
    report.resources += len({*ours, *theirs})
    for urn, count in Counter(resource.urn for resource in plan.resources).items():
        report.equal(urn, "registrations", count, 1)
    for urn in sorted(ours.keys() ^ theirs.keys()):
        planned, made = urn in ours, urn in theirs
        report.differ(urn, "resource", planned or MISSING, made or MISSING)
    for urn in sorted(ours.keys() & theirs.keys()):
        compare_resource(report, outputs, ours[urn], theirs[urn], deployed.requests.get(urn))
    _stack_outputs(report, outputs, plan, theirs)


def _stack_outputs(
    report: Report, outputs: Outputs, plan: Layer, resources: Mapping[str, Resource]
) -> None:
    stacks = [item for item in resources.values() if item["type"] == STACK]
    exported: Any = stacks[0].get("outputs", {}) if stacks else {}
    urn = stacks[0]["urn"] if stacks else plan.name
    ValueComparison(report, outputs, urn, {}).compare("outputs", plan.outputs, exported)
