"""What may keep the data of a resource that is deleted or replaced, by its type.

Judged is what is deployed: the earlier side, as the old resource is deleted with the settings that
it has then. Defaults are those of AWS and of the provider (pulumi-aws 7.x, the pages of each type).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from stackwright.data.stateful import DELETION_PROTECTION
from stackwright.diff.findings import Protection
from stackwright.diff.losses.deployed import Deployed
from stackwright.diff.losses.volumes import VOLUME_RULES
from stackwright.diff.shapes import Inputs, at, number
from stackwright.plan.graph import Resource

_ON = (True, "true", "ACTIVE")

_REFUSING = frozenset(
    {
        "aws:cognito/userPool:UserPool",
        "aws:docdb/cluster:Cluster",
        "aws:dynamodb/table:Table",
        "aws:eks/cluster:Cluster",
        "aws:neptune/cluster:Cluster",
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    }
)
"""Types that have deletion protection, so that it is told when it is off."""

_Rule: TypeAlias = Callable[[Resource, Deployed], Iterable[Protection]]


def safeguards(resource: Resource, deployed: Deployed) -> tuple[Protection, ...]:
    """Return what may keep the data of a resource, and whether it does.

    Args:
        resource: The earlier side.
        deployed: The earlier plan, where settings of a resource may be resources of their own.
    """
    rule = _RULES.get(resource.type)
    found = tuple(rule(resource, deployed)) if rule else ()
    return (*_deletion_protection(resource), *found)


def _deletion_protection(resource: Resource) -> Iterator[Protection]:
    values = [resource.inputs.get(name) for name in DELETION_PROTECTION]
    if any(value in _ON for value in values):
        note = "AWS refuses to delete it until deletion protection is switched off."
        yield Protection("deletion protection", True, note)
    elif resource.type in _REFUSING:
        yield Protection("deletion protection", False, "Deletion protection is off.")


def _database(resource: Resource, _: Deployed) -> Iterator[Protection]:
    yield _final_snapshot(resource.inputs)
    yield _backups(resource.inputs)


def _final_snapshot(inputs: Inputs) -> Protection:
    name = inputs.get("finalSnapshotIdentifier")
    if inputs.get("skipFinalSnapshot") is True:
        return Protection("final snapshot", False, "It is deleted without a last snapshot.")
    if name:
        note = f"A last snapshot, {_shown(name)}, is taken before it is deleted."
    else:
        note = "A last snapshot is asked for and has no name, so AWS refuses the deletion."
    return Protection("final snapshot", True, note)


def _backups(inputs: Inputs) -> Protection:
    days = number(inputs.get("backupRetentionPeriod")) or 0
    if not days:
        return Protection("backups", False, "No automated backups are kept.")
    if inputs.get("deleteAutomatedBackups", True) is not False:
        return Protection("backups", False, "Automated backups are deleted with it.")
    return Protection("backups", True, f"Automated backups of the last {days} days stay.")


def _bucket(resource: Resource, deployed: Deployed) -> Iterator[Protection]:
    yield _only_when_empty(resource.inputs, "forceDestroy", "a bucket that holds objects")
    if resource.inputs.get("objectLockEnabled") is True:
        note = "Objects that are locked cannot be deleted before their time."
        yield Protection("object lock", True, note)
    for one in deployed.settings(resource, "aws:s3/bucketVersioning:BucketVersioning"):
        if at(one.inputs, "versioningConfiguration.status") == "Enabled":
            note = "Older versions of objects are in the bucket, and go with it."
            yield Protection("versioning", False, note)
    for _ in deployed.settings(resource, "aws:s3/bucketReplicationConfig:BucketReplicationConfig"):
        note = "New objects are copied to another bucket, which stays."
        yield Protection("replication", True, note)


def _repository(resource: Resource, _: Deployed) -> Iterator[Protection]:
    yield _only_when_empty(resource.inputs, "forceDelete", "a repository that holds images")


def _emptied(what: str) -> _Rule:
    def rule(resource: Resource, _: Deployed) -> Iterator[Protection]:
        yield _only_when_empty(resource.inputs, "forceDestroy", what)

    return rule


def _only_when_empty(inputs: Inputs, force: str, what: str) -> Protection:
    if inputs.get(force) is True:
        return Protection("deleted only when empty", False, f"All in it is deleted ({force}).")
    return Protection("deleted only when empty", True, f"AWS refuses to delete {what}.")


def _key(resource: Resource, _: Deployed) -> Iterator[Protection]:
    days = number(resource.inputs.get("deletionWindowInDays")) or 30
    note = f"The key is switched off at once and deleted after {days} days; until then that can"
    yield Protection("waiting period", True, f"{note} be undone.")


def _secret(resource: Resource, _: Deployed) -> Iterator[Protection]:
    given = number(resource.inputs.get("recoveryWindowInDays"))
    days = 30 if given is None else given
    if not days:
        yield Protection("waiting period", False, "It is deleted at once and cannot be restored.")
    else:
        note = f"It can be restored for {days} days, and its name is taken until then."
        yield Protection("waiting period", True, note)


def _table(resource: Resource, _: Deployed) -> Iterator[Protection]:
    if at(resource.inputs, "pointInTimeRecovery.enabled") is True:
        note = "DynamoDB keeps a last backup of the table for 35 days."
        yield Protection("point-in-time recovery", True, note)
    else:
        note = "Point-in-time recovery is off, so no last backup is kept."
        yield Protection("point-in-time recovery", False, note)


def _file_system(resource: Resource, deployed: Deployed) -> Iterator[Protection]:
    policies = deployed.settings(resource, "aws:efs/backupPolicy:BackupPolicy")
    if any(at(one.inputs, "backupPolicy.status") == "ENABLED" for one in policies):
        yield Protection("backups", True, "Recovery points of AWS Backup stay in their vault.")
    else:
        yield Protection("backups", False, "No backups are made of it in this plan.")


def _cache(resource: Resource, _: Deployed) -> Iterator[Protection]:
    name = resource.inputs.get("finalSnapshotIdentifier") or resource.inputs.get(
        "finalSnapshotName"
    )
    if name:
        note = f"A last snapshot, {_shown(name)}, is taken before it is deleted."
        yield Protection("final snapshot", True, note)
    else:
        yield Protection("final snapshot", False, "It is deleted without a last snapshot.")


def _warehouse(resource: Resource, _: Deployed) -> Iterator[Protection]:
    yield _final_snapshot(resource.inputs)


def _log_group(resource: Resource, _: Deployed) -> Iterator[Protection]:
    if resource.inputs.get("skipDestroy") is True:
        yield Protection("kept on deletion", True, "The log group stays in AWS (skipDestroy).")


def _search(resource: Resource, _: Deployed) -> Iterator[Protection]:
    note = "Automated snapshots are deleted with the domain; manual ones in a bucket stay."
    yield Protection("snapshots", False, note)


def _studio(resource: Resource, _: Deployed) -> Iterator[Protection]:
    if at(resource.inputs, "retentionPolicy.homeEfsFileSystem") == "Delete":
        note = "The file system of the home directories is deleted."
        yield Protection("home directories", False, note)
    else:
        note = "The file system of the home directories stays, without a domain that uses it."
        yield Protection("home directories", True, note)


def _volume(resource: Resource, _: Deployed) -> Iterator[Protection]:
    if resource.inputs.get("finalSnapshot") is True:
        yield Protection("final snapshot", True, "A snapshot is taken before it is deleted.")
    else:
        yield Protection("final snapshot", False, "It is deleted without a last snapshot.")


def _shown(name: object) -> str:
    return str(name) if isinstance(name, str) and "${" not in name else "named at deployment"


_RULES: Mapping[str, _Rule] = {
    "aws:backup/vault:Vault": _emptied("a vault that holds recovery points"),
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:docdb/cluster:Cluster": _database,
    "aws:dynamodb/table:Table": _table,
    "aws:ebs/volume:Volume": _volume,
    "aws:ecr/repository:Repository": _repository,
    "aws:efs/fileSystem:FileSystem": _file_system,
    "aws:elasticache/cluster:Cluster": _cache,
    "aws:elasticache/replicationGroup:ReplicationGroup": _cache,
    "aws:kms/key:Key": _key,
    "aws:memorydb/cluster:Cluster": _cache,
    "aws:neptune/cluster:Cluster": _database,
    "aws:opensearch/domain:Domain": _search,
    "aws:rds/cluster:Cluster": _database,
    "aws:rds/instance:Instance": _database,
    "aws:redshift/cluster:Cluster": _warehouse,
    "aws:route53/zone:Zone": _emptied("a zone that holds records"),
    "aws:s3/bucket:Bucket": _bucket,
    "aws:s3tables/tableBucket:TableBucket": _emptied("a bucket that holds tables"),
    "aws:sagemaker/domain:Domain": _studio,
    "aws:secretsmanager/secret:Secret": _secret,
    **VOLUME_RULES,
}
