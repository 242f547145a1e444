from __future__ import annotations

import pytest
from tests.components.diff.access.sides import (
    allow,
    differing,
    document,
    output,
    plan,
    resource,
    the_only,
    urn,
)

from stackwright.diff.findings import Direction
from stackwright.plan.graph import JsonValue, Plan

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
KEY = "aws:kms/key:Key"

DATA = resource(BUCKET, "storage-data", {"bucket": "acme-data"})
ARN = output(BUCKET, "storage-data", "arn")
PLAIN_HTTP = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def guarded(*statements: JsonValue, by: str = "acme-data") -> Plan:
    inputs = {"bucket": by, "policy": document(*statements)}
    return plan(DATA, resource(BUCKET_POLICY, "storage-data-policy", inputs))


def test_a_bucket_that_others_may_read_is_a_finding_of_the_bucket() -> None:
    other = allow("s3:GetObject", f"{ARN}/*", Principal={"AWS": "210987654321"})
    found = the_only(guarded(PLAIN_HTTP), guarded(PLAIN_HTTP, other))
    assert (found.urn, found.kind) == (urn(BUCKET, "storage-data"), "bucket policy")
    assert found.sentence == (
        "Bucket storage-data now lets account 210987654321 read objects in storage-data."
    )


def test_a_refusal_of_plain_http_that_goes_widens() -> None:
    found = the_only(guarded(PLAIN_HTTP), plan(DATA))
    assert found.direction is Direction.WIDER
    assert "refused before" in found.sentence


def test_a_refusal_that_comes_with_a_new_bucket_is_no_finding() -> None:
    assert differing(plan(), guarded(PLAIN_HTTP)) == ()


def test_a_new_bucket_that_anyone_may_read_counts_for_itself() -> None:
    other = resource("aws:sns/topic:Topic", "alerts", {})
    public = allow("s3:GetObject", f"{ARN}/*", Principal="*")
    found = the_only(plan(other), plan(other, *guarded(public).layers[0].resources))
    assert (found.new, found.direction) == (False, Direction.WIDER)
    assert found.sentence.startswith("Bucket storage-data now lets anyone read objects")


def test_a_policy_that_goes_with_its_bucket_frees_nothing() -> None:
    assert differing(guarded(PLAIN_HTTP), plan()) == ()


def test_a_bucket_is_the_same_by_name_and_by_reference() -> None:
    by_reference = guarded(PLAIN_HTTP, by=output(BUCKET, "storage-data", "id"))
    assert differing(guarded(PLAIN_HTTP), by_reference) == ()


def test_the_policy_of_a_key_speaks_of_the_key() -> None:
    root = allow("kms:*", Principal={"AWS": "arn:aws:iam::123456789012:root"})
    logs = allow("kms:Decrypt", Principal={"Service": "logs.amazonaws.com"})
    before, after = (
        plan(resource(KEY, "storage-key", {"policy": document(*statements)}))
        for statements in ([root], [root, logs])
    )
    assert the_only(before, after).sentence == (
        "Key storage-key now lets the service logs.amazonaws.com decrypt with it."
    )


@pytest.mark.parametrize("taken", [True, False])
def test_an_endpoint_without_a_policy_lets_everything_through(taken: bool) -> None:
    own = {"policy": document(allow("s3:*", Principal="*"))}
    token = "aws:ec2/vpcEndpoint:VpcEndpoint"
    with_it = plan(resource(token, "network-s3", own))
    without = plan(
        resource(token, "network-s3", {}),
        # Another endpoint's policy must not stand in for it.
        resource(token, "network-kms", own),
    )
    base, head = (with_it, without) if taken else (without, with_it)
    (found,) = [one for one in differing(base, head) if "network-s3" in one.urn]
    assert found.direction is (Direction.WIDER if taken else Direction.NARROWER)
