"""Values of the chart seaweedfs, as far as they follow from the settings alone.

Keys were verified in the values and templates of chart 4.44.0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from stackwright.kubernetes.pods import USER_ID
from stackwright.kubernetes.releases import chart_placement
from stackwright.kubernetes.workloads import resources
from stackwright.scope import Scope
from stackwright.storage.seaweedfs.settings import Mode, SeaweedfsSettings

MASTERS = 3
"""An odd number, so that two of three can agree after the loss of one."""

GATEWAYS = 2

METRICS_PORT = 9327
"""The chart's own port of every component but the single pod, which is given it too."""

MASTER_VOLUME = "1Gi"
"""The chart's own size."""

ACCOUNT = "seaweedfs"
"""The chart's own account, without rights; some pods would run as `default`."""

SECURITY: dict[str, Any] = {
    "podSecurityContext": {
        "enabled": True,
        "runAsNonRoot": True,
        "runAsUser": USER_ID,
        "runAsGroup": USER_ID,
        "fsGroup": USER_ID,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    # The root is not read-only: weed keeps its log in the temporary folder, and the Job that
    # makes the buckets gets no volume for one.
    "containerSecurityContext": {
        "enabled": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    },
}

_OFF = {"enabled": False}


def common(scope: Scope, settings: SeaweedfsSettings) -> dict[str, Any]:
    """Return the values for the whole release."""
    values: dict[str, Any] = {
        "global": {
            "seaweedfs": {
                # The chart's own default may delete any pod of the cluster.
                "createClusterRole": False,
                "automountServiceAccountToken": False,
            }
        },
        "podLabels": {**scope.get("labels", {}), **settings.labels},
    }
    if "image_mirror" in scope:
        values["global"]["imageRegistry"] = scope["image_mirror"]
    return values


def layout(
    settings: SeaweedfsSettings, buckets: Sequence[str], identities: str, claim: dict[str, Any]
) -> dict[str, Any]:
    """Return the values that say which pods there are.

    Args:
        settings: The tool's settings.
        buckets: Buckets that are made. The chart's hook does it: a release runs hooks, and this
            one waits for the server, leaves buckets that are there and runs at each upgrade.
        identities: Secret that holds the identities' file.
        claim: What is the same for every volume: type, and the class where one is given.
    """
    s3 = {
        "enabled": True,
        "enableAuth": True,
        "existingConfigSecret": identities,
        "createBuckets": [{"name": bucket} for bucket in buckets],
    }
    if settings.mode is Mode.SINGLE:
        return _single(settings, s3, claim)
    return _distributed(settings, s3, claim)


def _single(
    settings: SeaweedfsSettings, s3: dict[str, Any], claim: dict[str, Any]
) -> dict[str, Any]:
    # Deleting the release must not delete the objects.
    keep = {"annotations": {"helm.sh/resource-policy": "keep"}}
    return {
        "allInOne": {
            "enabled": True,
            "metricsPort": METRICS_PORT,
            "data": {**claim, "size": settings.size, **keep},
            "s3": s3,
            # One at a time: a small disk has no room for the seven that are the default.
            "extraEnvironmentVars": {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"},
            **_pod(settings),
        },
        "master": _OFF,
        "volume": _OFF,
        # The Job that makes the buckets has the filer's security context.
        "filer": {**_OFF, **SECURITY},
        "s3": _OFF,
    }


def _distributed(
    settings: SeaweedfsSettings, s3: dict[str, Any], claim: dict[str, Any]
) -> dict[str, Any]:
    pod, no_log_volume = _pod(settings), {"logs": {"type": ""}}
    disk = {"name": "data1", **claim, "size": settings.size, "maxVolumes": 0}
    return {
        # One more copy, on another server of the same rack (SeaweedFS wiki, "Replication").
        "global": {"seaweedfs": {"enableReplication": True, "replicationPlacement": "001"}},
        "master": {
            "replicas": MASTERS,
            "data": {**claim, "size": MASTER_VOLUME},
            **no_log_volume,
            **pod,
        },
        "volume": {
            "replicas": settings.volume_servers,
            "dataDirs": [disk],
            # The hook runs as root, which the namespace does not allow.
            "resizeHook": _OFF,
            **pod,
        },
        # One: several filers with stores of their own would answer differently for a while.
        "filer": {
            "replicas": 1,
            "data": {**claim, "size": settings.metadata_size},
            **no_log_volume,
            **pod,
        },
        "s3": {**s3, "replicas": GATEWAYS, **no_log_volume, **pod},
    }


def _pod(settings: SeaweedfsSettings) -> dict[str, Any]:
    """Return what is the same for every pod; the chart takes placement as text."""
    fields: dict[str, Any] = {
        **SECURITY,
        "serviceAccountName": ACCOUNT,
        "resources": resources(settings.cpu, settings.memory),
        "priorityClassName": settings.scheduling.priority_class,
    }
    placed = {key: json.dumps(item) for key, item in chart_placement(settings).items() if item}
    return {**fields, **placed}
