"""Amazon S3 as a component: a bucket per purpose and a policy per consumer."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import Output

from stackwright import naming
from stackwright.aws import policy
from stackwright.aws.key import encryption_key
from stackwright.claims import Access
from stackwright.component import ToolComponent
from stackwright.contracts import ObjectStore
from stackwright.scope import Scope
from stackwright.storage.s3.settings import S3Settings

PURPOSES = ("data", "artifacts", "logs")

_READ = ("s3:GetObject", "s3:GetObjectVersion")
_WRITE = ("s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")


class S3SettingsArgs(TypedDict):
    """Settings of Amazon S3."""

    noncurrent_version_days: NotRequired[int]
    """Days that an overwritten or deleted object can still be brought back. Default 90."""
    log_retention_days: NotRequired[int]
    """Days that access logs are kept. Default 365."""
    tags: NotRequired[dict[str, str]]
    """AWS tags for every resource, besides those of the platform."""


class ObjectStoreConsumer(TypedDict):
    """Who keeps objects here."""

    purpose: str
    """Kind of data: `data`, `artifacts` or `logs`."""
    access: str
    """`read`, `read-write` or `read-write-all`."""


class S3Args(TypedDict):
    """Arguments of S3."""

    scope: Scope
    """Environment that the buckets belong to."""
    settings: NotRequired[S3SettingsArgs]
    """What is configured; defaults are secure."""
    consumers: NotRequired[dict[str, ObjectStoreConsumer]]
    """Who keeps objects here, by name; `read-write` gives a prefix, the others the bucket."""


class S3(ToolComponent[S3Settings]):
    """Amazon S3: one private, encrypted, versioned bucket per purpose."""

    _settings_class = S3Settings

    data_bucket: Output[str]
    """Name of the bucket for data sets."""
    artifacts_bucket: Output[str]
    """Name of the bucket for runs and models."""
    logs_bucket: Output[str]
    """Name of the bucket for access logs."""
    key_arn: Output[str]
    """ARN of the key that data and artifacts are encrypted with."""

    def __init__(self, name: str, args: S3Args, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._consumers: Mapping[str, ObjectStoreConsumer] = args.get("consumers", {})
        key = encryption_key(
            f"{name}-key", self._scope, name, opts=self.child(), tags=self._settings.tags
        )
        self.key_arn = key.arn
        logs = self._bucket("logs")
        self._encrypt("logs", logs, None)
        self._lifecycle("logs", logs)
        self._policy("logs", logs, [_log_delivery(logs, self._scope)])
        self._buckets = {"logs": logs}
        for purpose in ("data", "artifacts"):
            bucket = self._buckets[purpose] = self._bucket(purpose)
            self._encrypt(purpose, bucket, key)
            self._lifecycle(purpose, bucket)
            self._policy(purpose, bucket, [])
            aws.s3.BucketLogging(
                f"{name}-{purpose}-logging",
                bucket=bucket.bucket,
                target_bucket=logs.bucket,
                target_prefix=f"{purpose}/",
                opts=self.child(),
            )
        self.data_bucket = self._buckets["data"].bucket
        self.artifacts_bucket = self._buckets["artifacts"].bucket
        self.logs_bucket = logs.bucket
        self.register()

    def binding(self, consumer: str) -> ObjectStore:
        """Return the consumer's prefix in the bucket of its purpose, or the whole bucket.

        What is only read was written by others: a model server reads what the tracker keeps.
        """
        claim = self._consumers[consumer]
        bucket, access = self._buckets[claim["purpose"]], Access(claim["access"])
        apart = access is Access.READ_WRITE
        place = [bucket.bucket, consumer] if apart else [bucket.bucket]
        return ObjectStore(
            bucket=bucket.bucket,
            url=Output.format("s3://" + "/".join(["{}"] * len(place)), *place),
            region=self._scope["region"],
            policy=self._prefix_policy(bucket, consumer)
            if apart
            else self._bucket_policy(bucket, writes=access is Access.READ_WRITE_ALL),
        )

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return where projects keep data and artifacts."""
        return {
            "data_url": Output.format("s3://{0}", self.data_bucket),
            "artifacts_url": Output.format("s3://{0}", self.artifacts_bucket),
            "region": self._scope["region"],
        }

    def _bucket(self, purpose: str) -> aws.s3.Bucket:
        name = f"{self._instance}-{purpose}"
        bucket = aws.s3.Bucket(
            name,
            bucket=naming.bucket(self._scope, self._instance, purpose),
            force_destroy=False,
            tags=self._settings.tags,
            opts=self.child(protect=True),
        )
        aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.child(),
        )
        aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self.child(),
        )
        return bucket

    def _encrypt(self, purpose: str, bucket: aws.s3.Bucket, key: aws.kms.Key | None) -> None:
        # S3 delivers access logs only to buckets that are encrypted with S3's own keys.
        rule: aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict = {
            "apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}
            if key is None
            else {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
            "bucket_key_enabled": key is not None,
        }
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._instance}-{purpose}-encryption",
            bucket=bucket.bucket,
            rules=[rule],
            opts=self.child(),
        )

    def _lifecycle(self, purpose: str, bucket: aws.s3.Bucket) -> None:
        noncurrent = self._settings.noncurrent_version_days
        rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "expire-what-is-replaced",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": noncurrent},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
        }
        if purpose == "logs":
            rule["expiration"] = {"days": self._settings.log_retention_days}
        aws.s3.BucketLifecycleConfiguration(
            f"{self._instance}-{purpose}-lifecycle",
            bucket=bucket.bucket,
            rules=[rule],
            opts=self.child(),
        )

    def _policy(
        self, purpose: str, bucket: aws.s3.Bucket, statements: list[policy.Statement]
    ) -> None:
        aws.s3.BucketPolicy(
            f"{self._instance}-{purpose}-policy",
            bucket=bucket.bucket,
            policy=policy.document([policy.deny_plain_http(bucket.arn), *statements]),
            opts=self.child(),
        )

    def _prefix_policy(self, bucket: aws.s3.Bucket, consumer: str) -> Output[str]:
        return policy.document(
            [
                {
                    "Effect": "Allow",
                    "Action": [*_READ, *_WRITE],
                    "Resource": Output.format("{0}/{1}/*", bucket.arn, consumer),
                },
                {
                    "Effect": "Allow",
                    "Action": ["s3:ListBucket"],
                    "Resource": bucket.arn,
                    "Condition": {"StringLike": {"s3:prefix": [consumer, f"{consumer}/*"]}},
                },
                self._key_use(writes=True),
            ]
        )

    def _bucket_policy(self, bucket: aws.s3.Bucket, *, writes: bool) -> Output[str]:
        return policy.document(
            [
                {
                    "Effect": "Allow",
                    "Action": [*_READ, *_WRITE] if writes else [*_READ],
                    "Resource": Output.format("{0}/*", bucket.arn),
                },
                {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": bucket.arn},
                self._key_use(writes=writes),
            ]
        )

    def _key_use(self, *, writes: bool) -> policy.Statement:
        actions = ["kms:Decrypt", "kms:GenerateDataKey"] if writes else ["kms:Decrypt"]
        return {"Effect": "Allow", "Action": actions, "Resource": self.key_arn}


def _log_delivery(bucket: aws.s3.Bucket, scope: Scope) -> policy.Statement:
    return {
        "Sid": "S3DeliversAccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": Output.format("{0}/*", bucket.arn),
        "Condition": {"StringEquals": {"aws:SourceAccount": scope["account"]}},
    }
