"""What a service makes of a deletion: what it keeps, for how long, and what it refuses.

Facts of AWS, by resource type and what its state says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stackwright.data.stateful import DELETION_PROTECTION
from stackwright.engine.state import Resource

_ON = (True, "true", "ACTIVE")

_KEY_DAYS = 30
"""Days that KMS waits where the state says none (AWS KMS, ScheduleKeyDeletion)."""

_SECRET_DAYS = 30
"""Days that Secrets Manager waits where the state says none (AWS, DeleteSecret)."""


def deletion_protection(resource: Resource) -> str:
    """Return the input by which the service refuses to delete a resource; empty if it does not."""
    values = {**resource.outputs, **resource.inputs}
    return next((name for name in DELETION_PROTECTION if values.get(name) in _ON), "")


def endings(resource: Resource) -> Iterator[str]:
    """Yield what becomes of a resource that is deleted, where that is not simply its end."""
    ending = _ENDINGS.get(resource.type)
    if ending is not None:
        text = ending({**resource.outputs, **resource.inputs})
        if text:
            yield text


def _key(values: Mapping[str, Any]) -> str:
    days = _days(values, "deletionWindowInDays", _KEY_DAYS)
    return (
        f"is deleted after {days} days; `aws kms cancel-key-deletion` brings it back until then. "
        "After that nothing that it encrypted can be read, backups and snapshots included"
    )


def _secret(values: Mapping[str, Any]) -> str:
    days = _days(values, "recoveryWindowInDays", _SECRET_DAYS)
    if days == 0:
        return ""
    return (
        f"is deleted after {days} days, and its name is taken until then; "
        "`aws secretsmanager restore-secret` brings it back"
    )


def _database(values: Mapping[str, Any]) -> str:
    if values.get("skipFinalSnapshot") in (True, "true"):
        return ""
    name = values.get("finalSnapshotIdentifier")
    return f"leaves the final snapshot {name}, which costs until you delete it" if name else ""


def _bucket(values: Mapping[str, Any]) -> str:
    if values.get("forceDestroy") in (True, "true"):
        return ""
    return "AWS refuses to delete it while it holds an object or a version; empty it first"


def _repository(values: Mapping[str, Any]) -> str:
    if values.get("forceDelete") in (True, "true"):
        return ""
    return "AWS refuses to delete it while it holds an image; delete them first"


def _days(values: Mapping[str, Any], name: str, otherwise: int) -> int:
    found = values.get(name)
    return int(found) if isinstance(found, int | float) else otherwise


_ENDINGS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "aws:docdb/cluster:Cluster": _database,
    "aws:ecr/repository:Repository": _repository,
    "aws:kms/key:Key": _key,
    "aws:neptune/cluster:Cluster": _database,
    "aws:rds/cluster:Cluster": _database,
    "aws:rds/instance:Instance": _database,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:secretsmanager/secret:Secret": _secret,
}
