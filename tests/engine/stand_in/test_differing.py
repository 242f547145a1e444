"""What a change of inputs means is answered from the replacement facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.engine.stand_in.computed import outputs_of
from tests.engine.stand_in.differing import Difference, resource_difference

CLUSTER, DEPLOYMENT = "aws:eks/cluster:Cluster", "kubernetes:apps/v1:Deployment"


def facts() -> dict[str, Any]:
    text = (Path(__file__).parent / "replacing_inputs.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


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


def test_the_facts_name_their_source_and_date() -> None:
    assert facts()["as_of"]
    assert facts()["sources"]


@pytest.mark.slow
def test_the_facts_speak_of_properties_that_are_there() -> None:
    of_aws = {name: paths for name, paths in facts()["types"].items() if name.startswith("aws:")}
    assert len(of_aws) > 40
    wrong = {
        f"{name} {path}"
        for name, paths in of_aws.items()
        for path in paths
        if path.partition(".")[0] not in outputs_of(name)
    }
    assert wrong == set()
