"""What a service would refuse halfway is told before, and nothing else is."""

from __future__ import annotations

import pytest

from stackwright.diff.changes import Action, PropertyChange, PropertyKind, ResourceChange
from stackwright.diff.refusals import refusals
from stackwright.plan.graph import JsonValue

CLUSTER, DATABASE = "aws:eks/cluster:Cluster", "aws:rds/instance:Instance"
CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
RELEASE = "kubernetes:helm.sh/v3:Release"
STORAGE = "spec.resources.requests.storage"
SYMBOL = "${output:urn:pulumi:p::a::aws:x/y:Z::z#version}"


def told(
    type_: str, path: str, before: JsonValue, after: JsonValue, action: Action = Action.UPDATE
) -> list[str]:
    changed = PropertyChange(path, PropertyKind.UPDATE, before, after)
    change = ResourceChange(
        "urn", type_, "main", "foundation", "tool", "", True, action, properties=(changed,)
    )
    return list(refusals([change]))


@pytest.mark.parametrize(
    ("type_", "path", "before", "after", "refused"),
    [
        (CLUSTER, "version", "1.35", "1.34", True),
        (CLUSTER, "version", "1.9", "1.10", False),
        (CLUSTER, "version", "1.34", "1.36", True),
        (CLUSTER, "version", "1.34", "1.35", False),
        (CLUSTER, "version", "1.34", SYMBOL, False),
        (CLUSTER, "version", None, "1.34", False),
        (DATABASE, "engineVersion", "17", "16", True),
        (DATABASE, "engineVersion", "17.4", "17", False),
        (DATABASE, "allocatedStorage", 100, 50, True),
        (DATABASE, "allocatedStorage", 50, 100, False),
        (DATABASE, "instanceClass", "b", "a", False),
        (CLAIM, STORAGE, "10Gi", "512Mi", True),
        (CLAIM, STORAGE, "10Gi", "11G", False),
        (CLAIM, STORAGE, "10Gi", "much", False),
        ("kubernetes:postgresql.cnpg.io/v1:Cluster", "spec.walStorage.size", "2Gi", "1Gi", True),
        (RELEASE, "values.volume.dataDirs[name=data1].size", "200Gi", "100Gi", True),
        (RELEASE, "values.volume.dataDirs[name=data1].size", "200Gi", "0.2Ti", True),
        (RELEASE, "values.volume.dataDirs[name=data1].size", "1024Gi", "1Ti", False),
        (RELEASE, "values.server.spec.resources.requests.storage", "20Gi", "10Gi", True),
        (RELEASE, "values.server.resources.requests.memory", "20Gi", "10Gi", False),
        (RELEASE, "values.allInOne.data.size", None, "10Gi", False),
        ("aws:lambda/function:Function", "memorySize", 2, 1, False),
    ],
)
def test_what_only_grows_is_never_lowered(
    type_: str, path: str, before: JsonValue, after: JsonValue, refused: bool
) -> None:
    assert bool(told(type_, path, before, after)) is refused


def test_what_is_made_anew_may_have_any_version() -> None:
    assert told(CLUSTER, "version", "1.35", "1.34", Action.REPLACE) == []


def test_a_refusal_says_what_and_why() -> None:
    assert told(CLUSTER, "version", "1.35", "1.34") == [
        "EKS cluster main: version from 1.35 to 1.34. A version is never lowered: the deployment"
        " would stop halfway."
    ]
    assert told(CLUSTER, "version", "1.34", "1.36") == [
        "EKS cluster main: version from 1.34 to 1.36. Versions go up one at a time: the deployment"
        " would stop halfway."
    ]
    assert told(DATABASE, "allocatedStorage", 100, 50) == [
        "RDS database main: allocatedStorage from 100 to 50. A size is never lowered: the"
        " deployment would stop halfway."
    ]
    size = "values.volume.dataDirs[name=data1].size"
    assert told(RELEASE, size, "200Gi", "100Gi") == [
        f"Helm release main: {size} from 200Gi to 100Gi. A volume never gets smaller: its claim"
        " stays as it is, or the upgrade fails."
    ]
    assert told(RELEASE, size, "200Gi", "300Gi") == [
        f"Helm release main: {size} from 200Gi to 300Gi. If it is a claim of a StatefulSet, which"
        " cannot be changed, the upgrade fails."
    ]
