"""The digest stands for what would be deployed, and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stackwright.diff.digest import digest
from stackwright.plan.graph import Assumption, Layer, Plan, Resource, ResourceOptions

BUCKET = Resource(
    urn="urn:pulumi:prod::acme::aws:s3/bucket:Bucket::data",
    type="aws:s3/bucket:Bucket",
    name="data",
    custom=True,
    inputs={"bucket": "acme-data"},
)
LAYER = Layer("foundation", "acme-foundation", "prod", (BUCKET,), {"data": "acme-data"})
PLAN = Plan("acme", "prod", "aws", (LAYER,), stackwright="0.1.0")


def with_bucket(bucket: Resource) -> Plan:
    return replace(PLAN, layers=(replace(LAYER, resources=(bucket,)),))


def test_a_plan_that_was_stored_has_the_digest_of_before() -> None:
    assert digest(Plan.from_json(PLAN.to_json())) == digest(PLAN)


@pytest.mark.parametrize(
    "other",
    [
        with_bucket(replace(BUCKET, inputs={"bucket": "acme-other"})),
        with_bucket(replace(BUCKET, options=ResourceOptions(protect=True))),
        with_bucket(replace(BUCKET, parent="urn:pulumi:prod::acme::a:b:C::group")),
        replace(PLAN, layers=(replace(LAYER, outputs={}),)),
        replace(PLAN, layers=()),
        replace(PLAN, environment="dev"),
    ],
    ids=["input", "option", "parent", "export", "resource", "environment"],
)
def test_whatever_would_be_deployed_otherwise_changes_it(other: Plan) -> None:
    assert digest(other) != digest(PLAN)


def test_words_versions_and_the_order_of_registration_do_not_change_it() -> None:
    second = replace(BUCKET, urn=f"{BUCKET.urn}-2", name="data-2")
    one = replace(PLAN, layers=(replace(LAYER, resources=(BUCKET, second)),))
    other = replace(
        one,
        layers=(replace(LAYER, resources=(second, BUCKET), warnings=("a word",)),),
        assumptions=(Assumption("profile", "production", "default", "why"),),
        stackwright="0.2.0",
    )
    assert digest(other) == digest(one)


def test_reordering_a_blueprint_does_not_change_it(tmp_path: Path) -> None:
    from stackwright.plan.make import plan_environment

    header = "apiVersion: stackwright/v1\nname: acme\ntarget: {kind: existing-cluster}\n"
    cluster = "cluster: {kind: existing, context: lab, uid: 3f0c8a52-7f5b-4c1e-9d38-0b7a6f1f2d11}\n"
    rest = ("storage: {kind: seaweedfs}\n", "tracking: {kind: mlflow}\n")
    file = tmp_path / "blueprint.yaml"
    file.write_text(header + cluster + "".join(rest), encoding="utf-8")
    before = digest(plan_environment(file))
    file.write_text("".join(reversed(rest)) + cluster + header, encoding="utf-8")
    assert digest(plan_environment(file)) == before
