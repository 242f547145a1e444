"""The order of deletion, proven on the dependencies of every example's plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tests.rules.deletion_order import NAMESPACE, RELEASE, STORAGE_CLASS, order_problems

from stackwright.blueprint.reader import read
from stackwright.environment import check
from stackwright.plan.graph import Layer, Plan, Resource, Tool
from stackwright.plan.make import plan_environment

EXAMPLES = Path(__file__).parents[2] / "examples"

ENVIRONMENTS = [
    (path, name)
    for path in sorted(EXAMPLES.glob("*/blueprint.yaml"))
    for name in sorted(check(read(path)))
]

ISSUER = "kubernetes:cert-manager.io/v1:ClusterIssuer"
CERT_MANAGER = Tool("certificates", "certificates", "cert-manager", "cert-manager", ("platform",))


@cache
def planned(path: Path, environment: str) -> Plan:
    return plan_environment(path, environment)


def plan_of(*resources: Resource) -> Plan:
    layer = Layer("platform", "acme-platform", "prod", resources)
    return Plan("acme", "prod", "aws", (layer,), tools=(CERT_MANAGER,))


def made(type_: str, name: str, *needs: str, **inputs: object) -> Resource:
    return Resource(f"urn::{name}", type_, name, True, inputs, dependencies=needs)


def release(name: str = "operator", *needs: str) -> Resource:
    return replace(made(RELEASE, name, *needs), tool="certificates")


@pytest.mark.parametrize(
    ("path", "environment"),
    ENVIRONMENTS,
    ids=[f"{path.parent.name}-{name}" for path, name in ENVIRONMENTS],
)
def test_nothing_of_an_example_is_left_without_its_caretaker(path: Path, environment: str) -> None:
    assert order_problems(planned(path, environment)) == ()


def test_a_custom_resource_goes_before_its_operator() -> None:
    issuer = made(ISSUER, "issuer", "urn::between")
    between = made("kubernetes:core/v1:ConfigMap", "between", "urn::operator")
    assert order_problems(plan_of(release(), between, issuer)) == ()


def test_a_custom_resource_that_would_outlive_its_operator_is_told() -> None:
    found = order_problems(plan_of(release(), made(ISSUER, "issuer")))
    assert found == ("issuer would outlive its operator operator.",)


def test_an_object_that_would_outlive_its_namespace_is_told() -> None:
    home = made(NAMESPACE, "home", metadata={"name": "acme"})
    inside = made("kubernetes:core/v1:Secret", "inside", metadata={"namespace": "acme"})
    chart = made(RELEASE, "chart", "urn::home", namespace="acme")
    elsewhere = made("kubernetes:core/v1:Secret", "elsewhere", metadata={"namespace": "other"})
    found = order_problems(plan_of(home, inside, chart, elsewhere))
    assert found == ("inside would outlive its namespace home.",)


def test_volumes_that_would_outlive_what_makes_them_are_told() -> None:
    made_by = made(STORAGE_CLASS, "disks", metadata={"name": "disks"})
    claim: dict[str, object] = {"volumeClaimTemplates": [{"spec": {}}]}
    database = made("kubernetes:apps/v1:StatefulSet", "database", spec=claim)
    found = order_problems(plan_of(made_by, database))
    assert found == ("the volumes of database would outlive disks.",)


def without(plan: Plan, kept: Callable[[str], bool]) -> Plan:
    """Return a plan whose resources depend only on some others."""
    layers = tuple(
        replace(
            layer,
            resources=tuple(
                replace(
                    one,
                    dependencies=tuple(filter(kept, one.dependencies)),
                    property_dependencies={
                        key: tuple(filter(kept, urns))
                        for key, urns in one.property_dependencies.items()
                    },
                )
                for one in layer.resources
            ),
        )
        for layer in plan.layers
    )
    return replace(plan, layers=layers)


@pytest.mark.parametrize(
    ("type_", "told"),
    [
        (RELEASE, "would outlive its operator"),
        (NAMESPACE, "would outlive its namespace"),
        (STORAGE_CLASS, "the volumes of"),
    ],
)
def test_the_proof_sees_when_an_example_forgets_to_depend(type_: str, told: str) -> None:
    plan = planned(EXAMPLES / "aws-production" / "blueprint.yaml", "prod")
    forgetting = without(plan, lambda urn: f"{type_}::" not in urn)
    assert any(told in problem for problem in order_problems(forgetting))
