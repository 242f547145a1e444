from __future__ import annotations

import pytest

from stackwright.plan.graph import Edge, JsonValue, symbol
from stackwright.report.words import (
    clean,
    counts_words,
    edge_sentence,
    flatten,
    plural,
    readable,
    type_words,
)

BUCKET = "urn:pulumi:dev::p::aws:s3/bucket:Bucket::storage-data"


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("aws:s3/bucket:Bucket", "S3 bucket"),
        ("aws:iam/role:Role", "IAM role"),
        ("aws:ec2/securityGroup:SecurityGroup", "security group"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", "VPC endpoint"),
        ("aws:eks/podIdentityAssociation:PodIdentityAssociation", "EKS pod identity association"),
        ("kubernetes:apps/v1:Deployment", "deployment"),
        ("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "HTTP route"),
        ("kubernetes:helm.sh/v3:Release", "Helm release"),
        ("stackwright:index:S3Buckets", "S3 buckets"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_type_is_called_what_people_call_it(token: str, words: str) -> None:
    assert type_words(token) == words


@pytest.mark.parametrize(
    ("count", "words", "expected"),
    [
        (1, "role", "1 role"),
        (2, "role", "2 roles"),
        (2, "policy", "2 policies"),
        (2, "gateway", "2 gateways"),
        (2, "storage class", "2 storage classes"),
        (0, "S3 buckets", "0 S3 buckets"),
    ],
)
def test_counts_have_a_plural(count: int, words: str, expected: str) -> None:
    assert plural(words, count) == expected


def test_types_with_one_name_are_counted_together_and_the_most_frequent_come_first() -> None:
    counts = {"kubernetes:apps/v1:Deployment": 1, "x:y:Deployment": 1, "x:y:Job": 3, "x:y:Ab": 2}
    assert counts_words(counts) == ["3 jobs", "2 abs", "2 deployments"]


def test_a_claim_reads_as_a_sentence() -> None:
    kept = Edge("tracking", "storage", "artifacts", "ObjectStore")
    other = Edge("a", "b", "queue", "Unheard")
    assert edge_sentence(kept) == "tracking keeps artifacts in storage"
    assert edge_sentence(other) == "a uses b for queue"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (symbol(BUCKET, "arn"), "output arn of storage-data"),
        (f"s3://{symbol(BUCKET, 'id')}/x", "s3://[output id of storage-data]/x"),
        ({"$unknown": [f"{BUCKET}#port"]}, "known after deployment (output port of storage-data)"),
        ({"$unknown": [f"{BUCKET}#"]}, "known after deployment (output of storage-data)"),
        ({"$unknown": []}, "known after deployment"),
        ({"$secret": [f"{BUCKET}#port"]}, "secret"),
        ({"b": True, "a": [1, "x", None]}, "a: [1, x, null], b: true"),
    ],
)
def test_a_value_is_readable_on_one_line(value: JsonValue, expected: str) -> None:
    assert readable(value) == expected


def test_nested_values_have_dotted_keys_and_marks_stay_whole() -> None:
    values = {"b": {"c": 1, "d": {"$secret": []}}, "a": {}, "e": {"$unknown": []}}
    assert list(flatten(values)) == [
        ("a", {}),
        ("b.c", 1),
        ("b.d", {"$secret": []}),
        ("e", {"$unknown": []}),
    ]


def test_characters_that_cannot_be_seen_are_spelled() -> None:
    assert clean("a\x1b[31m\nb\u202ec\u200bd\x9be") == r"a\x1b[31m\nb\u202ec\u200bd\x9be"
    assert clean("Größe 模型 ok") == "Größe 模型 ok"


@pytest.mark.parametrize("origins", [5, "text", None, [1, {}]])
def test_a_mark_of_a_stranger_that_names_no_output_is_known_after_deployment(
    origins: JsonValue,
) -> None:
    assert readable({"$unknown": origins}) == "known after deployment"
