from __future__ import annotations

from pathlib import Path

import pytest

from stackwright.checks import (
    AwsAccount,
    Check,
    ClockAgrees,
    ClusterReached,
    EksAdministrator,
    InstanceTypesOffered,
    NamespaceNotForeign,
    ProgramFound,
)
from stackwright.cluster_access import EksCluster, KubeconfigContext
from stackwright.engine.preflight import declared
from stackwright.environment import load_environment
from stackwright.plan.graph import Layer, Plan, Resource

EXAMPLES = Path(__file__).parents[4] / "examples"


def of_example(name: str, environment: str | None = None) -> tuple[Check, ...]:
    return declared(load_environment(EXAMPLES / name / "blueprint.yaml", environment), None)


def of_kind(found: tuple[Check, ...], kind: type[Check]) -> list[Check]:
    return [check for check in found if isinstance(check, kind)]


def test_an_environment_of_aws_is_checked_from_its_account_to_its_cluster() -> None:
    found = of_example("aws-production", "prod")
    assert of_kind(found, AwsAccount) == [
        AwsAccount(
            account="123456789012",
            region="eu-west-1",
            verifies=("target.account", "target.region"),
        )
    ]
    assert of_kind(found, EksAdministrator) == [
        EksAdministrator(
            administrators=("arn:aws:iam::123456789012:role/platform-admin",),
            verifies=("cluster.administrators",),
        )
    ]
    (reached,) = of_kind(found, ClusterReached)
    assert isinstance(reached, ClusterReached)
    assert reached.access == EksCluster(name="acme-ml-prod-cluster", region="eu-west-1")


def test_instance_types_are_asked_for_in_the_zones_of_the_network() -> None:
    zones = {
        check.zones
        for check in of_example("aws-production", "prod")
        if isinstance(check, InstanceTypesOffered)
    }
    assert zones == {("eu-west-1a", "eu-west-1b", "eu-west-1c")}


def test_zones_that_are_letters_are_of_the_region() -> None:
    zones = {c.zones for c in of_example("aws-starter") if isinstance(c, InstanceTypesOffered)}
    assert zones == {("eu-west-1a", "eu-west-1b", "eu-west-1c")}


def test_a_cluster_that_is_there_is_reached_by_the_context_and_nothing_of_aws_is_asked() -> None:
    found = of_example("existing-cluster", "dev")
    (reached,) = of_kind(found, ClusterReached)
    assert isinstance(reached, ClusterReached)
    assert reached.access == KubeconfigContext(context="my-cluster")
    assert {check.world for check in found} == {"kubernetes", "machine"}


def test_keys_of_a_tool_are_keys_of_the_blueprint_where_a_capability_has_several() -> None:
    keys = {key for check in of_example("aws-production", "prod") for key in check.verifies}
    assert "serving.online.install" in keys
    assert "cluster.node_pools.gpu.instance_types" in keys


@pytest.mark.parametrize(
    ("name", "environment"),
    [("aws-production", "prod"), ("aws-starter", None), ("existing-cluster", "prod")],
)
def test_every_check_of_every_example_has_words(name: str, environment: str | None) -> None:
    for check in of_example(name, environment):
        assert check.title
        assert check.mend
        assert "{" not in check.title + check.mend
        assert not check.mend.startswith(":")


def test_no_check_is_declared_twice() -> None:
    found = of_example("aws-production", "prod")
    assert len(set(found)) == len(found)
    assert len(of_kind(found, ClockAgrees)) == 1
    assert len(of_kind(found, ProgramFound)) == 1


def test_namespaces_come_from_the_plan() -> None:
    resources = tuple(
        Resource(
            urn=f"urn:{name}",
            type="kubernetes:core/v1:Namespace",
            name=name,
            custom=True,
            inputs={"metadata": {"name": name}},
        )
        for name in ("acme-ml-prod-a", "acme-ml-prod-b")
    )
    layer = Layer(name="platform", project="acme-ml-platform", stack="prod", resources=resources)
    plan = Plan(name="acme-ml", environment="prod", target="aws", layers=(layer,))
    environment = load_environment(EXAMPLES / "aws-production/blueprint.yaml", "prod")
    names = [c.name for c in declared(environment, plan) if isinstance(c, NamespaceNotForeign)]
    assert names == ["acme-ml-prod-a", "acme-ml-prod-b"]


def test_without_a_plan_the_namespaces_are_those_of_the_tools() -> None:
    found = of_example("existing-cluster", "prod")
    names = {check.name for check in found if isinstance(check, NamespaceNotForeign)}
    assert "acme-ml-prod-tracking" in names
    assert "acme-ml-prod-cluster" not in names
