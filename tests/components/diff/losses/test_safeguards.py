"""What may keep data is told by the settings that are deployed, and never promised wrongly."""

from __future__ import annotations

from typing import Any

import pulumi_aws as aws
import pytest
from tests.components.diff.two_sides import planned

from stackwright.diff.losses.deployed import Deployed
from stackwright.diff.losses.safeguards import safeguards
from stackwright.plan.graph import Layer, Plan, Resource

URN = "urn:pulumi:dev::acme::t::n"


def told(type_: str, **inputs: Any) -> dict[str, bool]:
    """Return what may keep the data of a resource, and whether it does."""
    resource = Resource(URN, type_, "n", True, inputs)
    layer = Layer("foundation", "acme", "dev", (resource,))
    deployed = Deployed(Plan("acme", "dev", "aws", (layer,)))
    return {one.name: one.holds for one in safeguards(resource, deployed)}


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (
            {},
            {"deletion protection": False, "final snapshot": True, "backups": False},
        ),
        (
            {"skipFinalSnapshot": True, "deletionProtection": True},
            {"deletion protection": True, "final snapshot": False, "backups": False},
        ),
        (
            {"finalSnapshotIdentifier": "last", "backupRetentionPeriod": 7},
            {"deletion protection": False, "final snapshot": True, "backups": False},
        ),
        (
            {"backupRetentionPeriod": 7, "deleteAutomatedBackups": False},
            {"deletion protection": False, "final snapshot": True, "backups": True},
        ),
    ],
)
def test_a_database_is_kept_by_its_protection_its_snapshot_and_its_backups(
    inputs: dict[str, Any], expected: dict[str, bool]
) -> None:
    assert told("aws:rds/instance:Instance", **inputs) == expected


@pytest.mark.parametrize(
    ("type_", "inputs", "expected"),
    [
        ("aws:kms/key:Key", {"deletionWindowInDays": 7}, {"waiting period": True}),
        ("aws:secretsmanager/secret:Secret", {}, {"waiting period": True}),
        (
            "aws:secretsmanager/secret:Secret",
            {"recoveryWindowInDays": 0},
            {"waiting period": False},
        ),
        ("aws:ecr/repository:Repository", {}, {"deleted only when empty": True}),
        (
            "aws:ecr/repository:Repository",
            {"forceDelete": True},
            {"deleted only when empty": False},
        ),
        (
            "aws:dynamodb/table:Table",
            {"pointInTimeRecovery": {"enabled": True}, "deletionProtectionEnabled": True},
            {"deletion protection": True, "point-in-time recovery": True},
        ),
        (
            "aws:dynamodb/table:Table",
            {},
            {"deletion protection": False, "point-in-time recovery": False},
        ),
        ("aws:eks/cluster:Cluster", {"deletionProtection": True}, {"deletion protection": True}),
        (
            "aws:cognito/userPool:UserPool",
            {"deletionProtection": "ACTIVE"},
            {"deletion protection": True},
        ),
        (
            "aws:cognito/userPool:UserPool",
            {"deletionProtection": "INACTIVE"},
            {"deletion protection": False},
        ),
        ("aws:efs/fileSystem:FileSystem", {}, {"backups": False}),
        ("aws:cloudwatch/logGroup:LogGroup", {}, {}),
        ("aws:cloudwatch/logGroup:LogGroup", {"skipDestroy": True}, {"kept on deletion": True}),
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"finalSnapshotIdentifier": "last"},
            {"final snapshot": True},
        ),
        ("aws:memorydb/cluster:Cluster", {}, {"final snapshot": False}),
        ("aws:redshift/cluster:Cluster", {"skipFinalSnapshot": True}, {"final snapshot": False}),
        ("aws:ebs/volume:Volume", {"finalSnapshot": True}, {"final snapshot": True}),
        ("aws:opensearch/domain:Domain", {}, {"snapshots": False}),
        ("aws:sagemaker/domain:Domain", {}, {"home directories": True}),
        (
            "aws:sagemaker/domain:Domain",
            {"retentionPolicy": {"homeEfsFileSystem": "Delete"}},
            {"home directories": False},
        ),
        ("aws:msk/cluster:Cluster", {}, {}),
    ],
)
def test_each_service_keeps_data_in_its_own_way(
    type_: str, inputs: dict[str, Any], expected: dict[str, bool]
) -> None:
    assert told(type_, **inputs) == expected


def test_settings_of_a_bucket_that_are_resources_of_their_own_are_found() -> None:
    def program() -> None:
        data = aws.s3.Bucket("data", bucket="acme", force_destroy=True)
        other = aws.s3.Bucket("other", bucket="other")
        aws.s3.BucketVersioning(
            "versions", bucket=data.bucket, versioning_configuration={"status": "Enabled"}
        )
        aws.s3.BucketReplicationConfig(
            "copies",
            bucket=other.bucket,
            role="arn:aws:iam::111122223333:role/copy",
            rules=[{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::far"}}],
        )

    plan = planned(program)
    deployed = Deployed(plan)
    found = {
        resource.name: {one.name: one.holds for one in safeguards(resource, deployed)}
        for _, resource in plan.resources()
        if resource.type == "aws:s3/bucket:Bucket"
    }
    assert found == {
        "data": {"deleted only when empty": False, "versioning": False},
        "other": {"deleted only when empty": True, "replication": True},
    }


def test_backups_of_a_file_system_are_found() -> None:
    def program() -> None:
        files = aws.efs.FileSystem("files")
        aws.efs.BackupPolicy(
            "backups", file_system_id=files.id, backup_policy={"status": "ENABLED"}
        )

    plan = planned(program)
    (files,) = [one for _, one in plan.resources() if one.name == "files"]
    assert [one.holds for one in safeguards(files, Deployed(plan))] == [True]


def test_every_note_is_a_sentence() -> None:
    (snapshot,) = [
        one
        for one in safeguards(
            Resource(URN, "aws:rds/instance:Instance", "n", True, {"finalSnapshotIdentifier": "x"}),
            Deployed(Plan("acme", "dev", "aws", ())),
        )
        if one.name == "final snapshot"
    ]
    assert snapshot.note == "A last snapshot, x, is taken before it is deleted."
