from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.storage.s3.component import S3
from stackwright.storage.s3.settings import S3Settings

OnAws = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

CONSUMERS: Any = {
    "tracking-artifacts": {"purpose": "artifacts", "access": "read-write"},
    "serving-artifacts": {"purpose": "artifacts", "access": "read"},
    "serving-data": {"purpose": "data", "access": "read-write-all"},
}


@pytest.fixture
def made(on_aws: OnAws, scope: Scope) -> Mapping[str, Resource]:
    return on_aws(lambda options: S3("storage", {"scope": scope}, options))


def policy_of(on_aws: OnAws, scope: Scope, consumer: str) -> list[dict[str, Any]]:
    """Return the statements of a consumer's policy, kept in a bucket policy for the test."""
    import pulumi_aws as aws

    def program(options: pulumi.ResourceOptions) -> None:
        storage = S3("storage", {"scope": scope, "consumers": CONSUMERS}, options)
        keeper = pulumi.ResourceOptions(parent=storage)
        policy = storage.binding(consumer)["policy"]
        aws.s3.BucketPolicy("kept", bucket="kept", policy=policy, opts=keeper)

    statements: list[dict[str, Any]] = json.loads(on_aws(program)["kept"].inputs["policy"])[
        "Statement"
    ]
    return statements


def test_it_makes_one_bucket_for_each_purpose(made: Mapping[str, Resource]) -> None:
    buckets = {r.inputs["bucket"] for r in made.values() if r.type == "aws:s3/bucket:Bucket"}
    assert buckets == {
        "acme-ml-prod-storage-data-123456789012",
        "acme-ml-prod-storage-artifacts-123456789012",
        "acme-ml-prod-storage-logs-123456789012",
    }


@pytest.mark.parametrize("purpose", ["data", "artifacts", "logs"])
def test_a_bucket_is_private_versioned_and_kept(made: Mapping[str, Resource], purpose: str) -> None:
    bucket = made[f"storage-{purpose}"]
    assert bucket.options.protect
    assert bucket.inputs["forceDestroy"] is False
    block = made[f"storage-{purpose}-public-access"].inputs
    assert {key for key, value in block.items() if value is True} == {
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    }
    versioning = made[f"storage-{purpose}-versioning"].inputs["versioningConfiguration"]
    assert versioning == {"status": "Enabled"}
    rule = made[f"storage-{purpose}-ownership"].inputs["rule"]
    assert rule == {"objectOwnership": "BucketOwnerEnforced"}


@pytest.mark.parametrize("purpose", ["data", "artifacts", "logs"])
def test_requests_without_tls_are_denied(made: Mapping[str, Resource], purpose: str) -> None:
    document = json.loads(made[f"storage-{purpose}-policy"].inputs["policy"])
    denied = [s for s in document["Statement"] if s["Effect"] == "Deny"]
    assert [s["Condition"] for s in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]
    assert len(denied[0]["Resource"]) == 2


def test_data_and_artifacts_are_encrypted_with_our_key_and_logs_with_s3s(
    made: Mapping[str, Resource],
) -> None:
    used = {}
    for purpose in ("data", "artifacts", "logs"):
        (rule,) = made[f"storage-{purpose}-encryption"].inputs["rules"]
        used[purpose] = rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"]
    assert used == {"data": "aws:kms", "artifacts": "aws:kms", "logs": "AES256"}
    assert made["storage-key"].options.protect
    assert made["storage-key"].inputs["enableKeyRotation"] is True


def test_a_writer_is_kept_to_its_own_prefix(on_aws: OnAws, scope: Scope) -> None:
    objects, listing, key = policy_of(on_aws, scope, "tracking-artifacts")
    assert objects["Resource"].endswith("#arn}/tracking-artifacts/*")
    assert "s3:PutObject" in objects["Action"]
    assert "s3:DeleteObjectVersion" not in objects["Action"]
    prefixes = listing["Condition"]["StringLike"]["s3:prefix"]
    assert prefixes == ["tracking-artifacts", "tracking-artifacts/*"]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_a_reader_reads_what_all_writers_keep_and_writes_nothing(
    on_aws: OnAws, scope: Scope
) -> None:
    objects, listing, key = policy_of(on_aws, scope, "serving-artifacts")
    assert objects["Resource"].endswith("#arn}/*")
    assert objects["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    assert listing["Action"] == ["s3:ListBucket"]
    assert key["Action"] == ["kms:Decrypt"]


def test_who_works_beside_others_writes_anywhere_in_its_bucket_and_in_no_other(
    on_aws: OnAws, scope: Scope
) -> None:
    objects, listing, key = policy_of(on_aws, scope, "serving-data")
    assert "storage-data#arn}" in objects["Resource"]
    assert objects["Resource"].endswith("#arn}/*")
    assert objects["Action"] == [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
    ]
    assert listing["Action"] == ["s3:ListBucket"]
    assert "storage-data#arn}" in listing["Resource"]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_who_works_beside_others_is_told_the_address_that_projects_are_wired_to(
    on_aws: OnAws, scope: Scope
) -> None:
    import pulumi_aws as aws

    def program(options: pulumi.ResourceOptions) -> None:
        storage = S3("storage", {"scope": scope, "consumers": CONSUMERS}, options)
        keeper = pulumi.ResourceOptions(parent=storage)
        for name, url in (
            ("bound", storage.binding("serving-data")["url"]),
            ("wired", storage.wiring()["data_url"]),
        ):
            aws.ssm.Parameter(name, type="String", value=url, opts=keeper)

    made = on_aws(program)
    assert made["bound"].inputs["value"] == made["wired"].inputs["value"]


def test_another_consumer_moves_no_resource(on_aws: OnAws, scope: Scope) -> None:
    alone = on_aws(lambda options: S3("storage", {"scope": scope}, options))
    used = on_aws(lambda options: S3("storage", {"scope": scope, "consumers": CONSUMERS}, options))
    assert {r.urn for r in alone.values()} == {r.urn for r in used.values()}


@pytest.mark.parametrize(
    ("key", "value"),
    [("noncurrent_version_days", 0), ("log_retention_days", 183), ("bucket", "mine")],
)
def test_settings_refuse_what_is_out_of_bounds(key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        S3Settings.model_validate_json(json.dumps({"kind": "s3", key: value}))


def test_a_log_is_kept_for_six_months_at_least() -> None:
    shortest = S3Settings.model_validate_json('{"kind": "s3", "log_retention_days": 184}')
    assert shortest.log_retention_days == 184
