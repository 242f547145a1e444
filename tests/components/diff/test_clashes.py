"""A new and a gone resource that are one real thing are told before the engine meets them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stackwright.diff.clashes import clashes
from stackwright.diff.pairing.pairs import pair
from stackwright.plan.graph import Layer, Plan, Resource, ResourceOptions

NAMESPACE = "kubernetes:core/v1:Namespace"
BUCKET = "aws:s3/bucket:Bucket"


def made(type_: str, name: str, **inputs: object) -> Resource:
    return Resource(f"urn:pulumi:prod::acme::{type_}::{name}", type_, name, True, inputs)


def namespace(name: str, real: str = "acme-database") -> Resource:
    return made(NAMESPACE, name, metadata={"name": real})


def plan(foundation: tuple[Resource, ...] = (), platform: tuple[Resource, ...] = ()) -> Plan:
    layers = (
        Layer("foundation", "acme-foundation", "prod", foundation),
        Layer("platform", "acme-platform", "prod", platform),
    )
    return Plan("acme", "prod", "aws", layers)


def found(base: Plan, head: Plan) -> list[str]:
    return list(clashes(pair(base, head), head))


def test_a_namespace_that_two_names_stand_for_is_deleted_with_what_is_in_it() -> None:
    said = found(plan(platform=(namespace("old"),)), plan(platform=(namespace("new"),)))
    assert said == [
        "old, which goes, and new, which is new, are both the namespace acme-database. The new one "
        "takes over the object that is there, and then it is deleted with all that is in it: add "
        "an alias, or deploy the deletion first."
    ]


def test_a_second_bucket_of_one_name_is_refused_by_aws() -> None:
    old, new = made(BUCKET, "old", bucket="acme"), made(BUCKET, "new", bucket="acme")
    (said,) = found(plan(foundation=(old,)), plan(foundation=(new,)))
    assert "the S3 bucket acme. AWS refuses the new one while the old one is there" in said


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (plan(platform=(namespace("old"),)), plan(platform=(namespace("new", "other"),))),
        (plan(platform=(namespace("one"),)), plan(platform=(namespace("one"),))),
        (plan(foundation=(namespace("old"),)), plan(platform=(namespace("new"),))),
        (
            plan(platform=(made("kubernetes:core/v1:Service", "old", metadata={"name": "a"}),)),
            plan(platform=(made("kubernetes:core/v1:Secret", "new", metadata={"name": "a"}),)),
        ),
        (plan(platform=(made(BUCKET, "old"),)), plan(platform=(made(BUCKET, "new"),))),
    ],
    ids=["another name", "the same resource", "an earlier layer", "another kind", "no name yet"],
)
def test_what_is_in_nobodys_way_is_not_told(base: Plan, head: Plan) -> None:
    assert found(base, head) == []


def test_an_object_that_stays_when_it_leaves_the_program_may_be_taken_over() -> None:
    kept = replace(namespace("old"), options=ResourceOptions(retain_on_delete=True))
    assert found(plan(platform=(kept,)), plan(platform=(namespace("new"),))) == []


def test_a_layer_that_comes_later_deletes_too_late() -> None:
    assert found(plan(platform=(namespace("old"),)), plan(foundation=(namespace("new"),)))
