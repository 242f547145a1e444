"""Which outputs a replacement gives other values, and who is made from them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.components.diff.two_sides import example

from stackwright.diff.changes import Evidence
from stackwright.diff.replacement.renewal import Use, Wiring, renewed
from stackwright.plan.graph import Layer, Plan, Resource, symbol
from stackwright.urns import name_of

BUCKET, ROLE = "aws:s3/bucket:Bucket", "aws:iam/role:Role"
MAP = "kubernetes:core/v1:ConfigMap"


@pytest.mark.parametrize(
    ("type_", "output", "before", "after", "expected"),
    [
        (BUCKET, "arn", {"bucket": "a"}, {"bucket": "a"}, None),
        (BUCKET, "arn", {"bucket": "a"}, {"bucket": "b"}, Evidence.DOCUMENTED),
        (BUCKET, "arn", {}, {}, Evidence.DOCUMENTED),
        (BUCKET, "bucket", {"bucket": "a"}, {"bucket": "a"}, None),
        (BUCKET, "bucket", {"bucket": "a"}, {"bucket": "b"}, Evidence.DOCUMENTED),
        (ROLE, "arn", {"name": "a"}, {"name": "a", "path": "/x/"}, Evidence.DOCUMENTED),
        (ROLE, "uniqueId", {"name": "a"}, {"name": "a"}, Evidence.NONE),
        ("aws:eks/cluster:Cluster", "endpoint", {"name": "a"}, {"name": "a"}, Evidence.DOCUMENTED),
        ("aws:kms/key:Key", "arn", {}, {}, Evidence.DOCUMENTED),
        ("aws:rds/instance:Instance", "address", {}, {}, Evidence.NONE),
        (MAP, "metadata.name", {"metadata": {"name": "a"}}, {"metadata": {"name": "a"}}, None),
        (MAP, "id", {"metadata": {"name": "a"}}, {"metadata": {"name": "a"}}, None),
        (
            MAP,
            "id",
            {"metadata": {"name": "a"}},
            {"metadata": {"name": "b"}},
            Evidence.DOCUMENTED,
        ),
        (MAP, "", {}, {}, Evidence.NONE),
    ],
)
def test_an_output_that_follows_from_the_same_name_stays(
    type_: str,
    output: str,
    before: dict[str, Any],
    after: dict[str, Any],
    expected: Evidence | None,
) -> None:
    urn = f"urn:pulumi:p::a::{type_}::n"
    old, new = (Resource(urn, type_, "n", True, inputs) for inputs in (before, after))
    assert renewed(output, old, new) is expected


def test_the_provider_of_the_platform_is_made_from_the_cluster_of_the_foundation() -> None:
    plan = example("aws-production", "prod")
    (provider,) = [one for _, one in plan.resources() if one.name == "cluster-provider"]
    found = {
        (use.path, name_of(urn), output)
        for use in Wiring(plan).uses(provider)
        for urn, output in use.made_from
    }
    # The authority comes through an output of the foundation's stack.
    assert found == {
        ("clusterIdentifier", "cluster", "endpoint"),
        ("kubeconfig", "cluster", "endpoint"),
        ("kubeconfig", "cluster", "certificateAuthority"),
    }


def test_outputs_are_followed_through_stacks_and_components() -> None:
    stack, part, thing = (
        f"urn:pulumi:p::a::{type_}::n"
        for type_ in ("pulumi:pulumi:Stack", "own:index:Part", "own:index:Thing")
    )
    resources = (
        Resource(stack, "pulumi:pulumi:Stack", "n", False, {}),
        Resource(part, "own:index:Part", "n", False, {}, {"url": symbol(thing, "host")}),
        Resource(thing, "own:index:Thing", "n", True, {}),
    )
    outputs = {"url": symbol(part, "url"), "self": symbol(stack, "self")}
    wiring = Wiring(Plan("a", "p", "aws", (Layer("one", "a", "p", resources, outputs),)))
    assert list(wiring.made_from(symbol(stack, "url"))) == [(thing, "host")]
    assert list(wiring.made_from({"$secret": [f"{part}#url"]})) == [(thing, "host")]
    assert list(wiring.made_from("plain")) == []
    # Whatever goes in circles comes to an end.
    assert list(wiring.made_from(symbol(stack, "self"))) == [(stack, "self")]


def test_a_list_of_texts_is_one_use_and_a_list_of_mappings_one_for_each_place() -> None:
    thing = "urn:pulumi:p::a::own:index:Thing::n"
    made = symbol(thing, "id")
    user = Resource(
        "urn:pulumi:p::a::own:index:User::n",
        "own:index:User",
        "n",
        True,
        {"ids": [made, made], "rules": [{"to": "x"}, {"to": made}], "other": made},
        property_dependencies={"ids": (thing,), "rules": (thing,)},
    )
    wiring = Wiring(Plan("a", "p", "aws", (Layer("one", "a", "p", (user,)),)))
    assert list(wiring.uses(user)) == [
        Use("ids", ((thing, "id"), (thing, "id"))),
        Use("rules[1].to", ((thing, "id"),)),
    ]
