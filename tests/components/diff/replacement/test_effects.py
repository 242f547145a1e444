"""What a change of a property does is told from the facts, and never safe where nobody measured."""

from __future__ import annotations

from typing import Any

import pytest

from stackwright.data.replacement import rules_of
from stackwright.diff.changes import Effect, Evidence, PropertyChange, PropertyKind
from stackwright.diff.properties.values import differences
from stackwright.diff.replacement.effects import surest, weakest, with_effects
from stackwright.diff.replacement.subject import Subject
from stackwright.plan.graph import ResourceOptions

INSTANCE, CACHE = "aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"
DEPLOYMENT, CONFIG = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:ConfigMap"

Inputs = dict[str, Any]

MEASURED = (Effect.REPLACES, Evidence.MEASURED)
DOCUMENTED = (Effect.REPLACES, Evidence.DOCUMENTED)
UNKNOWN = (Effect.UNKNOWN, Evidence.NONE)
KEPT = (Effect.IN_PLACE, Evidence.MEASURED)
KEPT_AS_DOCUMENTED = (Effect.IN_PLACE, Evidence.DOCUMENTED)


def effects(
    type_: str,
    before: Inputs,
    after: Inputs,
    options: ResourceOptions | None = None,
    provider: Inputs | None = None,
) -> dict[str, tuple[Effect, Evidence]]:
    subject = Subject(type_, before, after, options or ResourceOptions(), provider or {})
    found = with_effects(subject, differences(type_, before, after, {}))
    return {change.path: (change.effect, change.evidence) for change in found}


@pytest.mark.parametrize(
    ("type_", "before", "after", "expected"),
    [
        (INSTANCE, {"engine": "postgres"}, {"engine": "mysql"}, {"engine": MEASURED}),
        (INSTANCE, {"instanceClass": "a"}, {"instanceClass": "b"}, {"instanceClass": KEPT}),
        (INSTANCE, {"passwordWo": "a"}, {"passwordWo": "b"}, {"passwordWo": UNKNOWN}),
        (INSTANCE, {"tags": {"a": "1"}}, {"tags": {"a": "2"}}, {"tags.a": KEPT}),
        (INSTANCE, {}, {"storageEncrypted": True}, {"storageEncrypted": DOCUMENTED}),
        (INSTANCE, {"region": "a"}, {"region": "b"}, {"region": DOCUMENTED}),
        (
            "aws:eks/cluster:Cluster",
            {"kubernetesNetworkConfig": {"ipFamily": "ipv4"}},
            {"kubernetesNetworkConfig": {"ipFamily": "ipv6"}},
            {"kubernetesNetworkConfig.ipFamily": MEASURED},
        ),
        (
            "aws:eks/cluster:Cluster",
            {},
            {"kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}}},
            {"kubernetesNetworkConfig": KEPT},
        ),
        (
            "aws:eks/cluster:Cluster",
            {},
            {"kubernetesNetworkConfig": {"ipFamily": "ipv6"}},
            {"kubernetesNetworkConfig": DOCUMENTED},
        ),
        (
            "aws:eks/nodeGroup:NodeGroup",
            {"launchTemplate": {"id": "lt-1", "version": "1"}},
            {"launchTemplate": {"id": "lt-1", "version": "2"}},
            {"launchTemplate.version": KEPT},
        ),
        ("aws:nobody/measured:This", {"a": 1}, {"a": 2}, {"a": UNKNOWN}),
        (
            "aws:nobody/measured:This",
            {"tags": {"a": "1"}},
            {"tags": {"a": "2"}},
            {"tags.a": KEPT_AS_DOCUMENTED},
        ),
        ("random:index:Thing", {"tags": {"a": "1"}}, {"tags": {"a": "2"}}, {"tags.a": UNKNOWN}),
    ],
)
def test_the_facts_about_a_type_decide(
    type_: str, before: Inputs, after: Inputs, expected: dict[str, tuple[Effect, Evidence]]
) -> None:
    assert effects(type_, before, after) == expected


def test_tags_that_nobody_measured_are_not_called_safe() -> None:
    type_ = "aws:opensearch/serverlessCollection:ServerlessCollection"
    assert effects(type_, {"tags": {"a": "1"}}, {"tags": {"a": "2"}}) == {"tags.a": UNKNOWN}


def test_every_kind_of_kubernetes_is_another_object_under_another_name() -> None:
    def thing(name: str, size: int) -> Inputs:
        return {"metadata": {"name": name}, "spec": {"size": size}}

    assert effects("kubernetes:acme.test/v1:Thing", thing("a", 1), thing("b", 2)) == {
        "metadata.name": DOCUMENTED,
        "spec.size": KEPT_AS_DOCUMENTED,
    }


def test_a_selector_replaces_a_deployment_and_its_template_does_not() -> None:
    def deployment(label: str, image: str) -> Inputs:
        containers = [{"name": "main", "image": image}]
        template = {"spec": {"containers": containers}}
        return {"spec": {"selector": {"matchLabels": {"app": label}}, "template": template}}

    assert effects(DEPLOYMENT, deployment("a", "x:1"), deployment("b", "x:2")) == {
        "spec.selector.matchLabels.app": DOCUMENTED,
        "spec.template.spec.containers[name=main].image": KEPT_AS_DOCUMENTED,
    }


@pytest.mark.parametrize(
    ("provider", "immutable", "expected"),
    [
        ({"enableConfigMapMutable": "true"}, False, KEPT_AS_DOCUMENTED),
        ({"enableConfigMapMutable": "true"}, True, DOCUMENTED),
        ({"enableConfigMapMutable": "false"}, False, DOCUMENTED),
        ({}, False, DOCUMENTED),
    ],
)
def test_data_of_a_config_map_is_changed_in_place_where_the_provider_may(
    provider: Inputs, immutable: bool, expected: tuple[Effect, Evidence]
) -> None:
    before, after = ({"data": {"a": n}, "immutable": immutable} for n in ("1", "2"))
    assert effects(CONFIG, before, after, provider=provider) == {"data.a": expected}


def test_what_the_program_ignores_has_no_effect() -> None:
    options = ResourceOptions(ignore_changes=("engine", "tags.*"))
    before, after = ({"engine": e, "dbName": e, "tags": {"a": e}} for e in ("a", "b"))
    assert effects(INSTANCE, before, after, options) == {
        "dbName": MEASURED,
        "engine": (Effect.NONE, Evidence.DOCUMENTED),
        "tags.a": (Effect.NONE, Evidence.DOCUMENTED),
    }


def test_the_program_may_ask_for_a_replacement() -> None:
    options = ResourceOptions(replace_on_changes=("instanceClass", "engine"))
    before, after = ({"engine": e, "instanceClass": e, "multiAz": e} for e in ("a", "b"))
    assert effects(INSTANCE, before, after, options) == {
        "engine": MEASURED,
        "instanceClass": DOCUMENTED,
        "multiAz": KEPT,
    }


def test_a_block_that_nobody_can_look_into_counts_as_changed() -> None:
    type_ = "aws:eks/nodeGroup:NodeGroup"
    known, unknown = {"launchTemplate": {"id": "a"}}, {"launchTemplate": {"$unknown": ["u#x"]}}
    assert effects(type_, known, unknown) == {"launchTemplate": DOCUMENTED}


def test_another_account_may_replace_everything_and_other_settings_nothing() -> None:
    before, after = {"allowedAccountIds": "a", "maxRetries": "1"}, {"maxRetries": "2"}
    assert effects("pulumi:providers:aws", before, after) == {
        "allowedAccountIds": UNKNOWN,
        "maxRetries": KEPT_AS_DOCUMENTED,
    }


def test_the_name_of_another_stack_is_only_read() -> None:
    found = effects("pulumi:pulumi:StackReference", {"name": "a"}, {"name": "b"})
    assert found == {"name": KEPT_AS_DOCUMENTED}


def test_evidence_is_ordered_from_sure_to_none() -> None:
    every = [Evidence.NONE, Evidence.MEASURED, Evidence.DOCUMENTED]
    assert (surest(every), weakest(every)) == (Evidence.MEASURED, Evidence.NONE)
    assert (surest([]), weakest([])) == (Evidence.NONE, Evidence.NONE)


def test_only_what_was_measured_is_called_measured() -> None:
    type_ = "aws:rds/instance:Instance"
    rules = rules_of(type_)
    assert rules is not None
    subject = Subject(type_, {}, {}, ResourceOptions(), {})
    for path in rules.unknown:
        change = PropertyChange(path, PropertyKind.UPDATE, 1, 2)
        (judged,) = with_effects(subject, [change])
        assert (judged.effect, judged.evidence) == UNKNOWN
