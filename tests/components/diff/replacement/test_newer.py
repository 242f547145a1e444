"""What a newer provider added is never called safe, and what was measured is as sure as before."""

from __future__ import annotations

from typing import Any

import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.components.diff.two_sides import by_name, planned, with_inputs

from stackwright.diff.changes import Action, Effect, Evidence, PropertyChange
from stackwright.diff.properties.values import differences
from stackwright.diff.replacement.effects import with_effects
from stackwright.diff.replacement.subject import Subject
from stackwright.plan.graph import ResourceOptions

INSTANCE, CLUSTER, NODES = (
    "aws:rds/instance:Instance",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
)
SERVICE, TABLE = "aws:ecs/service:Service", "aws:dynamodb/table:Table"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
ENVIRONMENT = "aws:batch/computeEnvironment:ComputeEnvironment"

UNKNOWN = (Effect.UNKNOWN, Evidence.NONE)
KEPT = (Effect.IN_PLACE, Evidence.MEASURED)
KEPT_AS_DOCUMENTED = (Effect.IN_PLACE, Evidence.DOCUMENTED)
REPLACES = (Effect.REPLACES, Evidence.MEASURED)
REPLACES_AS_DOCUMENTED = (Effect.REPLACES, Evidence.DOCUMENTED)

NEW = "addedByANewerProvider"

Inputs = dict[str, Any]
Judged = dict[str, tuple[Effect, Evidence]]


def effects(
    type_: str, before: Inputs, after: Inputs, options: ResourceOptions | None = None
) -> Judged:
    subject = Subject(type_, before, after, options or ResourceOptions(), {})
    found: tuple[PropertyChange, ...] = with_effects(subject, differences(type_, before, after, {}))
    return {change.path: (change.effect, change.evidence) for change in found}


@pytest.mark.parametrize(
    ("type_", "before", "after", "expected"),
    [
        (INSTANCE, {}, {NEW: True}, {NEW: UNKNOWN}),
        (INSTANCE, {NEW: 1}, {NEW: 2}, {NEW: UNKNOWN}),
        (INSTANCE, {NEW: {"a": 1}}, {NEW: {"a": 2}}, {f"{NEW}.a": UNKNOWN}),
        (INSTANCE, {NEW: [1]}, {}, {NEW: UNKNOWN}),
        (CLUSTER, {"vpcConfig": {}}, {"vpcConfig": {NEW: 1}}, {f"vpcConfig.{NEW}": UNKNOWN}),
        (CLUSTER, {}, {"vpcConfig": {"subnetIds": ["a"]}}, {"vpcConfig": KEPT}),
        (CLUSTER, {}, {"vpcConfig": {"subnetIds": ["a"], NEW: 1}}, {"vpcConfig": UNKNOWN}),
        (CLUSTER, {"vpcConfig": {NEW: 1}}, {}, {"vpcConfig": UNKNOWN}),
        (CLUSTER, {}, {"vpcConfig": {NEW: None}}, {"vpcConfig": KEPT}),
        (
            SERVICE,
            {"loadBalancers": [{"containerName": "a"}]},
            {"loadBalancers": [{"containerName": "a"}, {"containerName": "b", NEW: 1}]},
            {"loadBalancers[1]": UNKNOWN},
        ),
        (
            SERVICE,
            {"loadBalancers": [{"containerName": "a", NEW: 1}]},
            {"loadBalancers": [{"containerName": "b", NEW: 1}]},
            {"loadBalancers[0].containerName": KEPT},
        ),
    ],
)
def test_a_newer_input_may_replace_its_resource(
    type_: str, before: Inputs, after: Inputs, expected: Judged
) -> None:
    assert effects(type_, before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"tags": {"a": "1"}}, {"tags": {NEW: "1"}}, {"tags.a": KEPT, f"tags.{NEW}": KEPT}),
        ({}, {"tags": {NEW: "1"}}, {"tags": KEPT}),
        ({"region": "a"}, {"region": "b"}, {"region": REPLACES_AS_DOCUMENTED}),
        ({"engine": "a", NEW: 1}, {"engine": "b", NEW: 1}, {"engine": REPLACES}),
        ({"instanceClass": "a"}, {"instanceClass": {"$unknown": []}}, {"instanceClass": KEPT}),
    ],
)
def test_what_was_measured_stays_as_sure_as_it_was(
    before: Inputs, after: Inputs, expected: Judged
) -> None:
    assert effects(INSTANCE, before, after) == expected


def test_nobody_looks_into_a_block_that_is_known_after_deployment() -> None:
    before, after = {"vpcConfig": {"$unknown": ["a"]}}, {"vpcConfig": {"$secret": ["b"]}}
    assert effects("aws:lambda/function:Function", before, after) == {"vpcConfig": KEPT}


def test_what_is_nested_too_deeply_to_be_followed_may_replace() -> None:
    deep: Any = 1
    for _ in range(800):
        deep = {"a": deep}
    assert effects(CLUSTER, {}, {"vpcConfig": {"subnetIds": deep}}) == {"vpcConfig": UNKNOWN}


def test_a_list_of_a_thousand_blocks_is_judged_once() -> None:
    # Looked through for each of its elements, it would take a million steps.
    after = {"ingress": [{"fromPort": port, "toPort": port, NEW: port} for port in range(1000)]}
    subject = Subject(SECURITY_GROUP, {}, after, ResourceOptions(), {})
    assert subject.newer == {("ingress", "[]", NEW)}
    assert subject.newer is subject.newer


def test_a_text_of_json_is_one_input_whatever_is_inside() -> None:
    before, after = ({"assumeRolePolicy": f'{{"{NEW}": {value}}}'} for value in (1, 2))
    assert effects("aws:iam/role:Role", before, after) == {f"assumeRolePolicy.{NEW}": KEPT}


def test_a_block_that_replaces_says_nothing_of_a_field_that_it_did_not_have() -> None:
    block = "computeResources.ec2Configurations"
    before, after = (
        {"computeResources": {"ec2Configurations": [{"imageType": image, NEW: new}]}}
        for image, new in (("a", 1), ("b", 2))
    )
    assert effects(ENVIRONMENT, before, after) == {
        f"{block}[0].{NEW}": UNKNOWN,
        f"{block}[0].imageType": REPLACES,
    }


def test_a_block_that_replaces_when_it_comes_does_so_with_a_newer_field_in_it() -> None:
    after = {"localSecondaryIndexes": [{"name": "a", NEW: 1}]}
    assert effects(TABLE, {}, after) == {"localSecondaryIndexes": REPLACES_AS_DOCUMENTED}


def test_fields_that_only_a_newer_provider_than_the_measured_one_has_are_not_decided() -> None:
    after = {"updateConfig": {"updateStrategy": "MINIMAL"}}
    assert effects(NODES, {"updateConfig": {}}, after) == {"updateConfig.updateStrategy": UNKNOWN}


def test_tags_of_a_type_that_had_none_are_changed_in_place_as_documented() -> None:
    type_ = "aws:acm/certificateValidation:CertificateValidation"
    assert effects(type_, {}, {"tags": {"a": "1"}}) == {"tags": KEPT_AS_DOCUMENTED}


def test_the_programs_options_are_stronger() -> None:
    ignored = ResourceOptions(ignore_changes=(NEW,))
    replaced = ResourceOptions(replace_on_changes=(NEW,))
    assert effects(INSTANCE, {NEW: 1}, {NEW: 2}, ignored) == {
        NEW: (Effect.NONE, Evidence.DOCUMENTED)
    }
    assert effects(INSTANCE, {NEW: 1}, {NEW: 2}, replaced) == {NEW: REPLACES_AS_DOCUMENTED}


@given(st.text(st.characters(categories=["L", "N"]), min_size=1).map(lambda name: f"new{name}"))
def test_no_invented_input_is_ever_called_safe(name: str) -> None:
    (found,) = effects(INSTANCE, {name: 1}, {name: 2}).values()
    assert found == UNKNOWN


def test_a_database_with_a_newer_input_may_be_lost() -> None:
    base = planned(lambda: aws.rds.Instance("database", instance_class="db.t4g.small"))
    changed = by_name(base, with_inputs(base, f"{INSTANCE}::database", **{NEW: True}))["database"]
    assert (changed.action, changed.uncertain, changed.loses) == (Action.UPDATE, True, "database")


def test_a_database_with_another_size_is_not_lost() -> None:
    base = planned(lambda: aws.rds.Instance("database", instance_class="db.t4g.small"))
    head = with_inputs(base, f"{INSTANCE}::database", instanceClass="db.t4g.large")
    changed = by_name(base, head)["database"]
    assert (changed.action, changed.uncertain, changed.loses) == (Action.UPDATE, False, "")
