"""What a change of inputs means is answered from the replacement facts."""

from __future__ import annotations

from typing import Any

from tests.engine.stand_in.differing import Difference, resource_difference

CLUSTER, DEPLOYMENT = "aws:eks/cluster:Cluster", "kubernetes:apps/v1:Deployment"


def test_only_the_field_of_a_path_replaces() -> None:
    ip, other = {"ipFamily": "ipv4"}, {"serviceIpv4Cidr": "10.0.0.0/16"}
    old: dict[str, Any] = {"kubernetesNetworkConfig": {**ip, "elasticLoadBalancing": {}}}
    new = {"kubernetesNetworkConfig": {**ip, "elasticLoadBalancing": {"enabled": True}}}
    assert resource_difference(CLUSTER, old, new).replacing == ()
    new = {"kubernetesNetworkConfig": {**ip, **other}}
    assert resource_difference(CLUSTER, old, new).replacing == ("kubernetesNetworkConfig",)


def test_every_resource_of_aws_is_replaced_in_another_region() -> None:
    found = resource_difference("aws:sns/topic:Topic", {"region": "a"}, {"region": "b"})
    assert found.replacing == ("region",)


def test_an_ignored_input_changes_nothing() -> None:
    found = resource_difference(CLUSTER, {"tags": {"a": "b"}}, {"tags": {}}, ["tags['a']", "tags"])
    assert found == Difference((), (), delete_first=False)


def test_what_keeps_its_name_is_deleted_before_it_is_made_anew() -> None:
    def deployment(name: str, label: str) -> dict[str, Any]:
        return {"metadata": {"name": name}, "spec": {"selector": label}}

    same = resource_difference(DEPLOYMENT, deployment("a", "x"), deployment("a", "y"))
    assert same == Difference(("spec",), ("spec",), delete_first=True)
    other = resource_difference(DEPLOYMENT, deployment("a", "x"), deployment("b", "x"))
    assert other == Difference(("metadata",), ("metadata",), delete_first=False)


def test_what_aws_knows_by_a_chosen_name_is_deleted_first() -> None:
    old, new = {"bucket": "a", "objectLockEnabled": False}, {"bucket": "b"}
    assert resource_difference("aws:s3/bucket:Bucket", old, new).delete_first
    named, auto = {"instanceTypes": ["a"]}, {"instanceTypes": ["b"]}
    assert not resource_difference("aws:eks/nodeGroup:NodeGroup", named, auto).delete_first
