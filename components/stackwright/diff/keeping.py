"""Which inputs say how long, how often and how safely data is kept, and which value is weaker.

Sources: AWS API references of Amazon RDS (CreateDBInstance), CloudWatch Logs (PutRetentionPolicy),
Amazon ECR (lifecycle policy parameters), Amazon S3 (PutBucketLifecycleConfiguration,
PutBucketVersioning), AWS KMS (ScheduleKeyDeletion), Secrets Manager (DeleteSecret), DynamoDB
(UpdateContinuousBackups), Amazon EFS (PutBackupPolicy); Kubernetes, "Storage Classes", "Persistent
Volumes" and "StatefulSets"; CloudNativePG, "Backup" and "Replication". What an input means that is
not set is the default of the provider (pulumi-aws 7.x, the page of each type).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from stackwright.data.stateful import DELETION_PROTECTION
from stackwright.plan.graph import SYMBOL, JsonValue

Measure: TypeAlias = Callable[[JsonValue], float | None]
"""Returns how well a value keeps data, the higher the better; None when nobody can tell."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An input of which a lower value keeps less."""

    type: str
    """Pulumi type token, or the begin of several."""
    path: str
    """Property path; an element of a list is `[]`."""
    measure: Measure
    unset: float | None
    """What counts where the input is not given; None when that is not known."""
    means: str
    """What a lower value means, as a sentence."""
    anywhere_below: str = ""
    """Input in which `path` may be at any depth, such as the values of a chart; empty for none."""

    def is_of(self, type_: str) -> bool:
        """Tell whether the rule is about a type."""
        return type_.startswith(self.type)


_DURATION = re.compile(r"(?:[0-9]+(?:y|w|d|h|m|s))+")
_PART = re.compile(r"([0-9]+)(y|w|d|h|m|s)")
_SECONDS = {"y": 31536000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


def _number(value: JsonValue) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known else None


def _days_or_ever(value: JsonValue) -> float | None:
    """Return days, of which 0 is for ever."""
    days = _number(value)
    return math.inf if days == 0 else days


def _duration(value: JsonValue) -> float | None:
    """Return a duration such as `90d` in seconds."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        return None
    return float(sum(int(count) * _SECONDS[unit] for count, unit in _PART.findall(value)))


def _only(*good: JsonValue) -> Measure:
    def measure(value: JsonValue) -> float | None:
        if isinstance(value, dict | list) or (isinstance(value, str) and SYMBOL.search(value)):
            return None
        return float(value in good)

    return measure


def _anything_but(bad: JsonValue) -> Measure:
    def measure(value: JsonValue) -> float | None:
        found = _only(bad)(value)
        return None if found is None else 1 - found

    return measure


_ON = _only(True, "true", "ACTIVE")

_RELEASE = "kubernetes:helm.sh/v3:Release"

_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"

_OLDER_BACKUPS = "Backups that are older are deleted."

_ZONE = "When its zone is lost, it is away until it is restored."

_VOLUME = "A volume is deleted with its claim from then on."

_CLAIMS = "Its volume claims, and what is in them, are deleted from then on."

_FEWER = "Fewer are left when one of them fails."

_OLDER_VERSIONS = "Older versions of objects are deleted."

RULES: tuple[Rule, ...] = (
    *(
        Rule("aws:", name, _ON, 0, "AWS deletes it from then on when it is asked to.")
        for name in DELETION_PROTECTION
    ),
    Rule("aws:", "backupRetentionPeriod", _number, 0, _OLDER_BACKUPS),
    Rule("aws:", "snapshotRetentionLimit", _number, 0, _OLDER_BACKUPS),
    Rule("aws:", "multiAz", _ON, 0, _ZONE),
    Rule("aws:", "multiAzEnabled", _ON, 0, _ZONE),
    Rule("aws:", "automaticFailoverEnabled", _ON, 0, "No standby takes over when it fails."),
    Rule(
        "aws:", "skipFinalSnapshot", _anything_but(True), 1, "It is deleted without a last backup."
    ),
    Rule(
        "aws:",
        "deleteAutomatedBackups",
        _only(False),
        0,
        "Its backups are deleted together with it from then on.",
    ),
    Rule(
        "aws:cloudwatch/logGroup:",
        "retentionInDays",
        _days_or_ever,
        math.inf,
        "Log events that are older are deleted.",
    ),
    Rule(
        "aws:dynamodb/table:",
        "pointInTimeRecovery.enabled",
        _ON,
        0,
        "No moment of it can be brought back from then on.",
    ),
    Rule(
        "aws:ecr/lifecyclePolicy:",
        "policy.rules[].selection.countNumber",
        _number,
        math.inf,
        "Images beyond that are deleted.",
    ),
    Rule(
        "aws:efs/backupPolicy:",
        "backupPolicy.status",
        _only("ENABLED"),
        0,
        "No more backups are made of it.",
    ),
    Rule(
        "aws:kms/key:",
        "deletionWindowInDays",
        _number,
        30,
        "There is less time to take back the deletion of the key.",
    ),
    Rule(_LIFECYCLE, "rules[].expiration.days", _number, math.inf, "Older objects are deleted."),
    Rule(
        _LIFECYCLE,
        "rules[].noncurrentVersionExpiration.noncurrentDays",
        _number,
        math.inf,
        _OLDER_VERSIONS,
    ),
    Rule(
        _LIFECYCLE,
        "rules[].noncurrentVersionExpiration.newerNoncurrentVersions",
        _number,
        math.inf,
        _OLDER_VERSIONS,
    ),
    Rule(
        "aws:s3/bucketVersioning:",
        "versioningConfiguration.status",
        _only("Enabled"),
        0,
        "What is overwritten or deleted from then on cannot be brought back.",
    ),
    Rule(
        "aws:secretsmanager/secret:",
        "recoveryWindowInDays",
        _number,
        30,
        "There is less time to take back the deletion of the secret.",
    ),
    Rule(
        "kubernetes:apps/v1:StatefulSet",
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
        _anything_but("Delete"),
        1,
        _CLAIMS,
    ),
    Rule(
        "kubernetes:apps/v1:StatefulSet",
        "spec.persistentVolumeClaimRetentionPolicy.whenScaled",
        _anything_but("Delete"),
        1,
        _CLAIMS,
    ),
    Rule("kubernetes:apps/v1:StatefulSet", "spec.replicas", _number, 1, _FEWER),
    Rule(
        "kubernetes:core/v1:PersistentVolume",
        "spec.persistentVolumeReclaimPolicy",
        _only("Retain"),
        0,
        _VOLUME,
    ),
    Rule(_RELEASE, "replicaCount", _number, None, _FEWER, anywhere_below="values"),
    Rule(_RELEASE, "replicas", _number, None, _FEWER, anywhere_below="values"),
    Rule(
        _RELEASE,
        "retention",
        _duration,
        None,
        "What is older is deleted.",
        anywhere_below="values",
    ),
    Rule(
        "kubernetes:postgresql.cnpg.io/v1:Cluster",
        "spec.backup.retentionPolicy",
        _duration,
        math.inf,
        _OLDER_BACKUPS,
    ),
    Rule("kubernetes:postgresql.cnpg.io/v1:Cluster", "spec.instances", _number, 1, _FEWER),
    Rule(
        "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
        "spec.suspend",
        _anything_but(True),
        1,
        "No more backups are made of it.",
    ),
    Rule("kubernetes:storage.k8s.io/v1:StorageClass", "reclaimPolicy", _only("Retain"), 0, _VOLUME),
)
"""What is told of; whatever is not named here is not judged."""
