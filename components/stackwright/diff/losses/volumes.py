"""What keeps the data of what has volumes in a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from stackwright.diff.findings import Protection
from stackwright.diff.losses.deployed import Deployed
from stackwright.diff.shapes import Inputs, at, mappings
from stackwright.plan.graph import JsonValue, Resource

_SCHEDULED = "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup"

_RECLAIM = "reclaim policy"


def _claim(resource: Resource, deployed: Deployed) -> Iterator[Protection]:
    yield _of_class(at(resource.inputs, "spec.storageClassName"), deployed)


def _volume(resource: Resource, _: Deployed) -> Iterator[Protection]:
    yield _reclaimed(at(resource.inputs, "spec.persistentVolumeReclaimPolicy"))


def _stateful_set(resource: Resource, deployed: Deployed) -> Iterator[Protection]:
    policy = at(resource.inputs, "spec.persistentVolumeClaimRetentionPolicy.whenDeleted")
    if policy != "Delete":
        note = "Its volume claims stay as they are, and a set of the same name takes them up again."
        yield Protection("volume claims", True, note)
        return
    yield Protection("volume claims", False, "Its volume claims are deleted with it.")
    for claim in mappings(at(resource.inputs, "spec.volumeClaimTemplates")):
        yield _of_class(at(claim, "spec.storageClassName"), deployed)


def _postgres(resource: Resource, deployed: Deployed) -> Iterator[Protection]:
    yield _backup(resource.inputs, _is_scheduled(resource, deployed))
    yield _of_class(at(resource.inputs, "spec.storage.storageClass"), deployed)


def _backup(inputs: Inputs, scheduled: bool) -> Protection:
    archives = bool(at(inputs, "spec.backup")) or any(
        plugin.get("isWALArchiver") for plugin in mappings(at(inputs, "spec.plugins"))
    )
    if archives and scheduled:
        return Protection("backups", True, "Scheduled backups are kept outside the cluster.")
    if archives:
        note = "A place for backups is set up, and this plan schedules none: look for the last."
        return Protection("backups", False, note)
    return Protection("backups", False, "No backups are set up.")


def _is_scheduled(cluster: Resource, deployed: Deployed) -> bool:
    name = at(cluster.inputs, "metadata.name")
    return any(
        one.type == _SCHEDULED and at(one.inputs, "spec.cluster.name") == name
        for one in deployed.resources.values()
    )


def _of_class(name: JsonValue, deployed: Deployed) -> Protection:
    """Return what becomes of a volume, by the storage class that it was made from."""
    found = deployed.storage_class(name if isinstance(name, str) else "")
    if found is None:
        note = "The storage class is not in this plan: look up its reclaim policy in the cluster."
        return Protection(_RECLAIM, False, note)
    return _reclaimed(found.inputs.get("reclaimPolicy"))


def _reclaimed(policy: JsonValue) -> Protection:
    if policy == "Retain":
        note = "The volume stays when its claim goes, and must be bound again by hand."
        return Protection(_RECLAIM, True, note)
    return Protection(_RECLAIM, False, "The volume is deleted with its claim.")


_Rule: TypeAlias = Callable[[Resource, Deployed], Iterator[Protection]]

VOLUME_RULES: Mapping[str, _Rule] = {
    "kubernetes:apps/v1:StatefulSet": _stateful_set,
    "kubernetes:core/v1:PersistentVolume": _volume,
    "kubernetes:core/v1:PersistentVolumeClaim": _claim,
    "kubernetes:postgresql.cnpg.io/v1:Cluster": _postgres,
}
"""Type -> what may keep its data; see `safeguards`."""
