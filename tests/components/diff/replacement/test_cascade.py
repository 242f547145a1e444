"""Whatever is changed, what follows from it hangs together: causes, orders, evidence and chains."""

from __future__ import annotations

from functools import cache
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.components.diff.two_sides import (
    Program,
    between,
    by_name,
    example,
    planned,
    with_inputs,
)

from stackwright.diff.changes import Action, Evidence, Order, ResourceChange
from stackwright.diff.replacement.chains import chains
from stackwright.plan.graph import Plan

ROLE, CLUSTER = "aws:iam/role:Role::cluster-role", "aws:eks/cluster:Cluster::cluster"

_SURE = (Evidence.NONE, Evidence.DOCUMENTED, Evidence.MEASURED)


@cache
def production() -> Plan:
    return example("aws-production", "prod")


@cache
def inputs() -> list[tuple[str, str]]:
    """Return every input of every resource that a provider manages."""
    return [
        (f"{resource.type}::{resource.name}", name)
        for _, resource in production().resources()
        if resource.custom
        for name in sorted(resource.inputs)
    ]


def edited(edits: list[tuple[str, str]]) -> tuple[ResourceChange, ...]:
    head = production()
    for key, name in edits:
        head = with_inputs(head, key, **{name: "another value"})
    return between(production(), head)


some_edits = st.deferred(
    lambda: st.lists(st.sampled_from(inputs()), min_size=1, max_size=3, unique=True)
)


@settings(max_examples=30, deadline=None)
@given(some_edits)
def test_every_replacement_has_a_reason_that_is_there(edits: list[tuple[str, str]]) -> None:
    found = edited(edits)
    by_urn = {change.urn: change for change in found}
    assert len(by_urn) == len(found)
    for change in found:
        assert (change.action is Action.REPLACE) == (change.replacement is not None)
        if change.replacement is None:
            continue
        assert change.replacement.properties
        cause = change.replacement.because_of
        if not cause:
            assert f"{change.type}::{change.name}" in {key for key, _ in edits}
        elif by_urn[cause].replacement is not None:
            _follows(change, by_urn[cause])


def _follows(change: ResourceChange, cause: ResourceChange) -> None:
    """What follows comes later; in one layer it goes before what is deleted first."""
    after, before = change.replacement, cause.replacement
    assert after is not None
    assert before is not None
    if change.layer == cause.layer and before.order is Order.DELETE_FIRST:
        assert after.order is Order.DELETE_FIRST


@settings(max_examples=30, deadline=None)
@given(some_edits)
def test_chains_hold_every_forced_replacement_once(edits: list[tuple[str, str]]) -> None:
    found = edited(edits)
    links = [urn for chain in chains(found) for urn in chain.links]
    forced = [
        change.urn for change in found if change.replacement and change.replacement.because_of
    ]
    assert sorted(links) == sorted(forced)


@settings(max_examples=20, deadline=None)
@given(some_edits)
def test_the_order_of_edits_makes_no_difference(edits: list[tuple[str, str]]) -> None:
    assert edited(edits) == edited(edits[::-1])


def test_what_follows_is_never_surer_than_its_cause() -> None:
    found = edited([("aws:rds/instance:Instance::database", "engine")])
    by_urn = {change.urn: change for change in found}
    for change in found:
        after = change.replacement
        if after is not None and after.because_of:
            before = by_urn[after.because_of].replacement
            assert before is not None
            assert _SURE.index(after.evidence) <= _SURE.index(before.evidence)


@pytest.fixture(name="production")
def the_production() -> Plan:
    return production()


def test_a_template_in_a_new_version_reaches_the_nodes(production: Plan) -> None:
    template = "aws:ec2/launchTemplate:LaunchTemplate::cluster-pool-general-template"
    found = by_name(production, with_inputs(production, template, ebsOptimized="true"))
    assert found["cluster-pool-general"].action is Action.UPDATE
    assert "launchTemplate.version" in [
        one.path for one in found["cluster-pool-general"].properties
    ]
    tagged = by_name(production, with_inputs(production, template, tags={"team": "ml"}))
    assert "cluster-pool-general" not in tagged


def test_another_cluster_replaces_every_object_in_both_layers(production: Plan) -> None:
    found = by_name(production, with_inputs(production, ROLE, path="/other/"))
    assert found["cluster"].action is Action.REPLACE
    provider = found["cluster-provider"]
    assert provider.layer == "platform"
    assert provider.replacement is not None
    assert provider.replacement.because_of == found["cluster"].urn
    inside = [
        resource.name
        for _, resource in production.resources()
        if resource.provider.endswith("::cluster-provider")
    ]
    assert len(inside) > 50
    assert {found[name].action for name in inside} == {Action.REPLACE}
    for name in inside:
        replacement = found[name].replacement
        assert replacement is not None
        assert replacement.properties == ("provider",)
        # They are made in the new cluster; there is nothing to be deleted before that, but for
        # what the program wants deleted first in any case.
        first = name == "cluster-storage-class"
        assert replacement.order is (Order.DELETE_FIRST if first else Order.CREATE_FIRST)


def test_a_cluster_that_is_only_changed_leaves_its_objects_alone(production: Plan) -> None:
    found = by_name(production, with_inputs(production, CLUSTER, version="1.36"))
    assert list(found) == ["cluster"]
    assert found["cluster"].action is Action.UPDATE


def test_an_output_that_follows_from_the_name_stays_for_the_other_layer(production: Plan) -> None:
    # A bucket that is made anew under its name has the same ARN, and the platform sees no change.
    key = "aws:s3/bucket:Bucket::storage-artifacts"
    found = between(production, with_inputs(production, key, objectLockEnabled=True))
    assert {change.layer for change in found} == {"foundation"}


def test_what_may_be_another_value_for_the_other_layer_is_told_without_evidence(
    production: Plan,
) -> None:
    found = by_name(
        production, with_inputs(production, "aws:rds/instance:Instance::database", engine="mysql")
    )
    job = found["database-tracking-backend-job"]
    assert job.action is Action.REPLACE
    assert job.replacement is not None
    assert job.replacement.evidence is Evidence.NONE


def test_another_region_replaces_what_is_in_a_region(production: Plan) -> None:
    head = with_inputs(production, "pulumi:providers:aws::aws", region="eu-west-3")
    found = by_name(production, head)
    assert found["aws"].action is Action.UPDATE
    assert found["network-vpc"].replacement is not None
    assert found["network-vpc"].replacement.because_of == found["aws"].urn
    # IAM is in no region; the role's policies are made anew with nothing.
    assert "network-flow-log-role" not in found


def test_in_another_account_nothing_is_what_it_was_and_nobody_can_be_sure(
    production: Plan,
) -> None:
    accounts = '["444455556666"]'
    head = with_inputs(production, "pulumi:providers:aws::aws", allowedAccountIds=accounts)
    head = with_inputs(head, "aws:s3/bucket:Bucket::storage-data", bucket="other")
    found = by_name(production, head)
    key = found["registry-key"].replacement
    assert key is not None
    assert (key.properties, key.because_of) == (("allowedAccountIds",), found["aws"].urn)
    assert key.evidence is Evidence.NONE
    # What follows from it is no surer.
    repository = found["registry-models"].replacement
    assert repository is not None
    assert (repository.because_of, repository.evidence) == (
        found["registry-key"].urn,
        Evidence.NONE,
    )
    # What says by itself that it is another thing keeps its own reason.
    bucket = found["storage-data"].replacement
    assert bucket is not None
    assert (bucket.properties, bucket.because_of) == (("bucket",), "")


def test_one_more_account_is_no_other_account(production: Plan) -> None:
    accounts = '["123456789012", "444455556666"]'
    head = with_inputs(production, "pulumi:providers:aws::aws", allowedAccountIds=accounts)
    assert list(by_name(production, head)) == ["aws"]


def test_kubernetes_takes_a_whole_input_that_is_unknown_for_empty() -> None:
    # The real provider answered so for each of them, when the role was deleted first.
    def program(rules: list[str]) -> Program:
        def made() -> None:
            provider = kubernetes.Provider(
                "cluster", cluster_identifier="one", enable_config_map_mutable=True
            )
            inside = pulumi.ResourceOptions(provider=provider)
            role = kubernetes.rbac.v1.Role(
                "role",
                metadata={"name": "role", "namespace": "a"},
                rules=[{"api_groups": [""], "resources": rules, "verbs": ["get"]}],
                opts=pulumi.ResourceOptions(
                    provider=provider, replace_on_changes=["rules"], delete_before_replace=True
                ),
            )
            name: Any = role.metadata["name"]
            labels = {"app": "web"}
            template: Any = {"metadata": {"labels": labels}, "spec": {"service_account_name": name}}
            kubernetes.rbac.v1.RoleBinding(
                "binding",
                metadata={"name": "binding", "namespace": "a"},
                role_ref={"api_group": "rbac", "kind": "Role", "name": name},
                opts=inside,
            )
            kubernetes.core.v1.ConfigMap(
                "named", metadata={"name": name, "namespace": "a"}, data={"a": "1"}, opts=inside
            )
            kubernetes.core.v1.ConfigMap(
                "filled", metadata={"name": "b", "namespace": "a"}, data={"a": name}, opts=inside
            )
            kubernetes.core.v1.Service(
                "service", metadata={"name": "web"}, spec={"selector": {"app": name}}, opts=inside
            )
            kubernetes.apps.v1.Deployment(
                "deployment",
                metadata={"name": "web", "namespace": "a"},
                spec={"selector": {"match_labels": labels}, "template": template},
                opts=inside,
            )
            kubernetes.apiextensions.CustomResource(
                "custom",
                api_version="acme.test/v1",
                kind="Thing",
                metadata={"name": "thing"},
                spec={"role": name},
                opts=inside,
            )

        return made

    found = by_name(planned(program(["pods"])), planned(program(["nodes"])))
    forced = {name: change.replacement for name, change in found.items() if name != "role"}
    assert {name: one.properties for name, one in forced.items() if one} == {
        "binding": ("roleRef",),
        "named": ("metadata",),
        "deployment": ("spec",),
    }
    assert all(one and one.because_of == found["role"].urn for one in forced.values())
