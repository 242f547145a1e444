"""Another cluster replaces all that is in it; another way into the same one replaces nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackwright.diff.changes import Effect, Evidence
from stackwright.diff.replacement.clusters import provider_effect

KEPT = (Effect.IN_PLACE, Evidence.DOCUMENTED)
REPLACED = (Effect.REPLACES, Evidence.DOCUMENTED)
UNKNOWN = (Effect.UNKNOWN, Evidence.NONE)


def kubeconfig(server: str, user: str = "me", context: str = "one") -> str:
    return json.dumps(
        {
            "clusters": [
                {"name": "a", "cluster": {"server": server}},
                {"name": "b", "cluster": {"server": "https://b"}},
            ],
            "contexts": [
                {"name": "one", "context": {"cluster": "a", "user": user}},
                {"name": "two", "context": {"cluster": "b", "user": user}},
            ],
            "users": [{"name": user, "user": {}}],
            "current-context": context,
        }
    )


HERE, THERE = kubeconfig("https://a"), kubeconfig("https://c")


@pytest.mark.parametrize(
    ("before", "after", "name", "expected"),
    [
        ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, "clusterIdentifier", REPLACED),
        ({}, {"clusterIdentifier": "b"}, "clusterIdentifier", KEPT),
        ({"clusterIdentifier": "a"}, {}, "clusterIdentifier", KEPT),
        (
            {"clusterIdentifier": "a", "kubeconfig": HERE},
            {"clusterIdentifier": "a", "kubeconfig": THERE},
            "kubeconfig",
            KEPT,
        ),
        ({"kubeconfig": HERE}, {"kubeconfig": THERE}, "kubeconfig", REPLACED),
        (
            {"kubeconfig": HERE},
            {"kubeconfig": kubeconfig("https://a", user="you")},
            "kubeconfig",
            KEPT,
        ),
        (
            {"kubeconfig": HERE},
            {"kubeconfig": kubeconfig("https://a", context="two")},
            "kubeconfig",
            REPLACED,
        ),
        ({"kubeconfig": HERE}, {"kubeconfig": HERE, "context": "two"}, "context", REPLACED),
        ({"kubeconfig": HERE}, {"kubeconfig": HERE, "cluster": "a"}, "cluster", KEPT),
        ({"kubeconfig": HERE}, {"kubeconfig": "no kubeconfig"}, "kubeconfig", UNKNOWN),
        ({"context": "one"}, {"context": "two"}, "context", UNKNOWN),
        ({}, {"renderYamlToDirectory": "out"}, "renderYamlToDirectory", REPLACED),
        (
            {"clusterIdentifier": "a"},
            {"clusterIdentifier": "a", "renderYamlToDirectory": "out"},
            "renderYamlToDirectory",
            KEPT,
        ),
        ({}, {"enableServerSideApply": "true"}, "enableServerSideApply", KEPT),
    ],
)
def test_the_cluster_decides_and_not_the_way_in(
    before: dict[str, Any],
    after: dict[str, Any],
    name: str,
    expected: tuple[Effect, Evidence],
) -> None:
    assert provider_effect(before, after, name) == expected


def test_an_identifier_that_is_known_after_deployment_is_compared_by_its_origin() -> None:
    symbol = "${output:urn:pulumi:p::a::aws:eks/cluster:Cluster::c#endpoint}"
    before = {"clusterIdentifier": symbol, "kubeconfig": HERE}
    after = {"clusterIdentifier": symbol, "kubeconfig": THERE}
    assert provider_effect(before, after, "kubeconfig") == KEPT
