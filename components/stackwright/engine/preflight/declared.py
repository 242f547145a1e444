"""Collects the checks of an environment: those of its target, of its tools and of its plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from stackwright import naming
from stackwright.blueprint.shown import dotted
from stackwright.checks import (
    AwsAccount,
    AwsZones,
    Check,
    ClockAgrees,
    InstanceTypesOffered,
    NamespaceNotForeign,
)
from stackwright.claims import Layer
from stackwright.environment import Environment
from stackwright.plan.graph import Plan
from stackwright.resolution import Instance
from stackwright.scope import Scope

NAMESPACE = "kubernetes:core/v1:Namespace"


def declared(environment: Environment, plan: Plan | None) -> tuple[Check, ...]:
    """Return every check of an environment.

    Args:
        environment: The resolved environment.
        plan: Its plan, which tells every namespace; None for one of each tool.
    """
    found = [*_of_target(environment.scope)]
    for instance in environment.instances.values():
        found += _of_tool(instance, environment.scope)
    names = _planned(plan) if plan else _named(environment)
    found += [_namespace(name, environment.scope) for name in names]
    return tuple(_in_zones(dict.fromkeys(found)))


def _of_target(scope: Scope) -> Iterator[Check]:
    if "account" in scope and "region" in scope:
        yield AwsAccount(
            account=scope["account"],
            region=scope["region"],
            verifies=("target.account", "target.region"),
        )
    yield ClockAgrees()


def _of_tool(instance: Instance, scope: Scope) -> Iterator[Check]:
    for check in instance.settings.checks(scope, instance.name):
        keys = (dotted((*instance.location, *key.split("."))) for key in check.verifies)
        yield replace(check, verifies=tuple(keys))


def _planned(plan: Plan) -> Iterator[str]:
    for _, resource in plan.resources():
        if resource.type == NAMESPACE:
            yield resource.inputs["metadata"]["name"]


def _named(environment: Environment) -> Iterator[str]:
    for instance in environment.instances.values():
        if instance.settings.namespaced and Layer.PLATFORM in instance.settings.parts:
            yield naming.namespace(environment.scope, instance.name)


def _namespace(name: str, scope: Scope) -> NamespaceNotForeign:
    return NamespaceNotForeign(name=name, platform=scope["name"], environment=scope["environment"])


def _in_zones(found: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks; what must be offered in every zone is told the zones of the network."""
    known = tuple(found)
    zones = tuple(
        dict.fromkeys(
            zone for check in known if isinstance(check, AwsZones) for zone in check.zones
        )
    )
    for check in known:
        if isinstance(check, InstanceTypesOffered) and not check.zones:
            yield replace(check, zones=zones)
        else:
            yield check
