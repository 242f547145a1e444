"""Whether a volume outlives its claim is told by the storage class that it was made from."""

from __future__ import annotations

from typing import Any

import pytest

from stackwright.diff.losses.deployed import Deployed
from stackwright.diff.losses.safeguards import safeguards
from stackwright.plan.graph import Layer, Plan, Resource

DEFAULT = {"storageclass.kubernetes.io/is-default-class": "true"}
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
SET = "kubernetes:apps/v1:StatefulSet"
POSTGRES = "kubernetes:postgresql.cnpg.io/v1:Cluster"


def resource(type_: str, **inputs: Any) -> Resource:
    return Resource(f"urn:pulumi:dev::acme::{type_}::n", type_, "n", True, inputs)


def storage_class(name: str, policy: str | None, **annotations: str) -> Resource:
    metadata = {"name": name, "annotations": annotations}
    given = {"reclaimPolicy": policy} if policy else {}
    type_ = "kubernetes:storage.k8s.io/v1:StorageClass"
    return Resource(
        f"urn:pulumi:dev::acme::{type_}::{name}", type_, name, True, {"metadata": metadata, **given}
    )


CLASSES = (storage_class("gp3", "Retain", **DEFAULT), storage_class("fast", None))


def told(one: Resource, *others: Resource) -> dict[str, bool]:
    layer = Layer("platform", "acme", "dev", (one, *others))
    found = safeguards(one, Deployed(Plan("acme", "dev", "aws", (layer,))))
    return {protection.name: protection.holds for protection in found}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, True),
        ({"storageClassName": "gp3"}, True),
        ({"storageClassName": "fast"}, False),
        ({"storageClassName": "of-somebody-else"}, False),
    ],
)
def test_a_claim_is_kept_by_the_reclaim_policy_of_its_class(
    spec: dict[str, Any], expected: bool
) -> None:
    assert told(resource(CLAIM, spec=spec), *CLASSES) == {"reclaim policy": expected}


def test_without_a_class_in_the_plan_nothing_is_promised() -> None:
    assert told(resource(CLAIM, spec={})) == {"reclaim policy": False}


def test_a_volume_says_its_own_policy() -> None:
    spec = {"persistentVolumeReclaimPolicy": "Retain"}
    volume = resource("kubernetes:core/v1:PersistentVolume", spec=spec)
    assert told(volume) == {"reclaim policy": True}


def test_claims_of_a_set_stay_unless_it_says_otherwise() -> None:
    assert told(resource(SET, spec={})) == {"volume claims": True}
    spec = {
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"},
        "volumeClaimTemplates": [{"spec": {"storageClassName": "gp3"}}],
    }
    expected = {"volume claims": False, "reclaim policy": True}
    assert told(resource(SET, spec=spec), *CLASSES) == expected


@pytest.mark.parametrize(
    ("spec", "scheduled", "expected"),
    [
        ({}, "", False),
        ({"backup": {"barmanObjectStore": {"destinationPath": "s3://b"}}}, "", False),
        ({"backup": {"barmanObjectStore": {"destinationPath": "s3://b"}}}, "main", True),
        ({"backup": {"barmanObjectStore": {"destinationPath": "s3://b"}}}, "other", False),
        ({"plugins": [{"name": "barman-cloud", "isWALArchiver": True}]}, "main", True),
        ({"plugins": [{"name": "other"}]}, "main", False),
    ],
)
def test_a_database_in_the_cluster_is_kept_by_scheduled_backups(
    spec: dict[str, Any], scheduled: str, expected: bool
) -> None:
    database = resource(POSTGRES, metadata={"name": "main"}, spec=spec)
    schedule = resource(
        "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup", spec={"cluster": {"name": scheduled}}
    )
    found = told(database, *CLASSES, *([schedule] if scheduled else []))
    assert found == {"backups": expected, "reclaim policy": True}
