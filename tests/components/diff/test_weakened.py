"""What keeps less, or holds less, is told although no resource is lost."""

from __future__ import annotations

import pytest

from stackwright.diff.changes import Action, PropertyChange, PropertyKind, ResourceChange
from stackwright.diff.keeping import RULES
from stackwright.diff.weakened import weakened
from stackwright.plan.graph import JsonValue

DATABASE = "aws:rds/instance:Instance"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
RELEASE = "kubernetes:helm.sh/v3:Release"
VOLUME = "kubernetes:core/v1:PersistentVolume"
POSTGRES = "kubernetes:postgresql.cnpg.io/v1:Cluster"
SCHEDULE = "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup"
NONCURRENT = "rules[id=old].noncurrentVersionExpiration.noncurrentDays"
SYMBOL = "${output:urn:pulumi:p::a::aws:x/y:Z::z#status}"
BUCKET = "urn:pulumi:p::a::aws:s3/bucket:Bucket::data"


def changed(
    type_: str,
    path: str,
    before: JsonValue,
    after: JsonValue,
    action: Action = Action.UPDATE,
    name: str = "main",
) -> ResourceChange:
    one = PropertyChange(path, PropertyKind.UPDATE, before, after)
    return ResourceChange(
        f"urn:{name}", type_, name, "foundation", "tool", "", True, action, properties=(one,)
    )


@pytest.mark.parametrize(
    ("type_", "path", "before", "after"),
    [
        (DATABASE, "backupRetentionPeriod", 30, 7),
        (DATABASE, "backupRetentionPeriod", 30, None),
        (DATABASE, "deletionProtection", True, False),
        (DATABASE, "multiAz", True, None),
        (DATABASE, "skipFinalSnapshot", False, True),
        (DATABASE, "deleteAutomatedBackups", False, None),
        (LOGS, "retentionInDays", None, 365),
        (LOGS, "retentionInDays", 0, 365),
        (LIFECYCLE, NONCURRENT, 90, 7),
        (LIFECYCLE, "rules[id=new]", None, {"id": "new", "expiration": {"days": 30}}),
        (LIFECYCLE, "rules", None, [{"id": "new", "expiration": {"days": 30}}]),
        (VERSIONING, "versioningConfiguration.status", "Enabled", "Suspended"),
        ("aws:ecr/lifecyclePolicy:LifecyclePolicy", "policy.rules[0].selection.countNumber", 9, 8),
        ("aws:dynamodb/table:Table", "pointInTimeRecovery", {"enabled": True}, None),
        ("aws:kms/key:Key", "deletionWindowInDays", None, 7),
        ("kubernetes:storage.k8s.io/v1:StorageClass", "reclaimPolicy", "Retain", None),
        (VOLUME, "spec.persistentVolumeReclaimPolicy", "Retain", "Delete"),
        (POSTGRES, "spec.instances", 3, 2),
        (POSTGRES, "spec.backup.retentionPolicy", "4w", "7d"),
        (RELEASE, "values.volume.replicas", 3, 2),
        (RELEASE, "values.server.retention", "1y", "90d"),
    ],
)  # fmt: skip
def test_what_keeps_less_is_told_and_the_way_back_is_not(
    type_: str, path: str, before: JsonValue, after: JsonValue
) -> None:
    (sentence,) = weakened([changed(type_, path, before, after)])
    assert f"{path}" in sentence
    assert list(weakened([changed(type_, path, after, before)])) == []


@pytest.mark.parametrize(
    ("type_", "path", "before", "after"),
    [
        (DATABASE, "instanceClass", "db.m7g.large", "db.t4g.medium"),
        (DATABASE, "backupRetentionPeriod", 30, {"$unknown": ["urn#days"]}),
        (VERSIONING, "versioningConfiguration.status", "Enabled", SYMBOL),
        (LIFECYCLE, "rules[id=new]", None, {"id": "new", "status": "Enabled"}),
        (RELEASE, "values.volume.replicas", 3, None),
        (RELEASE, "values.server.retention", "1y", "for ever"),
        (RELEASE, "replicas", 3, 2),
        ("kubernetes:apps/v1:Deployment", "spec.replicas", 3, 2),
    ],
)
def test_what_is_not_known_to_be_weaker_is_not_told(
    type_: str, path: str, before: JsonValue, after: JsonValue
) -> None:
    assert list(weakened([changed(type_, path, before, after)])) == []


def test_what_is_new_keeps_what_it_says() -> None:
    new = changed(DATABASE, "deletionProtection", True, False, Action.CREATE)
    assert list(weakened([new])) == []


def test_resources_that_change_alike_share_a_sentence() -> None:
    alike = [changed(LOGS, "retentionInDays", 365, 30, name=name) for name in ("a", "b")]
    assert list(weakened(alike)) == [
        "2 CloudWatch log groups (a and b): retentionInDays from 365 to 30. Log events that are"
        " older are deleted."
    ]
    many = [changed(LOGS, "retentionInDays", 365, 30, name=str(number)) for number in range(6)]
    (sentence,) = weakened(many)
    assert sentence.startswith("6 CloudWatch log groups: retentionInDays")


def test_protection_that_is_lifted_is_told() -> None:
    lifted = PropertyChange("protect", PropertyKind.DELETE, True)
    change = ResourceChange(
        BUCKET, "aws:s3/bucket:Bucket", "data", "foundation", "tool", "", True, Action.UPDATE,
        options=(lifted,),
    )  # fmt: skip
    assert list(weakened([change])) == [
        "S3 bucket data: protect is lifted. Pulumi deletes or replaces it from then on, if the"
        " program says so."
    ]


def test_what_keeps_data_goes_unseen_only_together_with_the_data() -> None:
    versioning = changed(VERSIONING, "bucket", f"${{output:{BUCKET}#id}}", None, Action.DELETE)
    bucket = ResourceChange(
        BUCKET, "aws:s3/bucket:Bucket", "data", "foundation", "tool", "", True, Action.DELETE,
        loses="objects",
    )  # fmt: skip
    assert list(weakened([versioning])) == [
        "S3 bucket versioning main: it goes. What it kept safe stays, without it."
    ]
    assert list(weakened([versioning, bucket])) == []
    schedule = changed(SCHEDULE, "spec.schedule", "0 0 * * *", None, Action.DELETE)
    assert list(weakened([schedule])) != []
    assert list(weakened([schedule, bucket])) == []


def test_names_of_strangers_are_spelled_out() -> None:
    (sentence,) = weakened([changed(LOGS, "retentionInDays", 365, 30, name="a\u202eb")])
    assert "\u202e" not in sentence


def test_every_rule_has_a_sentence() -> None:
    assert all(rule.means.endswith(".") and rule.path for rule in RULES)
