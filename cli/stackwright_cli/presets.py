"""Presets: blueprints to start from, by size and target.

A preset holds what differs from the defaults. Keys that must be written and that it leaves out get
the example of their model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PRESETS = ("starter", "team", "production")
"""Smallest first; the first is the default."""

TARGETS = ("aws", "existing-cluster")

_ZONES = {"network": {"kind": "vpc", "cidr": "10.20.0.0/16", "zones": ["a", "b", "c"]}}

_CLUSTER: Mapping[str, Any] = {
    "kind": "eks",
    "version": "1.35",
    "access": {"endpoint": "private", "via": "vpn"},
}

_POOLS: Mapping[str, Any] = {
    "general": {"instance_types": ["m7i.xlarge"], "min_size": 3, "max_size": 9},
    "gpu": {"gpu": True, "instance_types": ["g6.2xlarge"], "min_size": 0, "max_size": 4},
}

_PRODUCTION: Mapping[str, Any] = {
    "secrets": {"kind": "external-secrets"},
    "tracking": {"kind": "mlflow", "replicas": 2},
    "serving": {"online": {"kind": "kserve"}, "simple": {"kind": "deployment"}},
    "monitoring": {"kind": "kube-prometheus-stack"},
    "environments": {
        "dev": {"profile": "development", "tracking": {"replicas": 1}},
        "staging": {"profile": "development"},
        "prod": {"monitoring": {"retention_days": 90}},
    },
}
"""What runs in the cluster, wherever that is."""

_AWS: Mapping[str, Mapping[str, Any]] = {
    "starter": {
        "profile": "development",
        "cluster": _CLUSTER,
        "tracking": {"kind": "mlflow"},
        "environments": {"dev": {}},
    },
    "team": {
        **_ZONES,
        "cluster": _CLUSTER,
        "storage": {"kind": "s3"},
        "registry": {"kind": "ecr"},
        "database": {"kind": "rds"},
        "tracking": {"kind": "mlflow"},
        "serving": {"kind": "kserve"},
        "monitoring": {"kind": "kube-prometheus-stack"},
        "environments": {"dev": {"profile": "development"}, "prod": {}},
    },
    "production": {
        **_ZONES,
        "cluster": {**_CLUSTER, "node_pools": _POOLS},
        "storage": {"kind": "s3"},
        "registry": {"kind": "ecr"},
        "database": {"kind": "rds"},
        **_PRODUCTION,
    },
}

_EXISTING: Mapping[str, Mapping[str, Any]] = {
    "starter": {
        "profile": "development",
        "cluster": {"kind": "existing"},
        "storage": {"kind": "seaweedfs"},
        "database": {"kind": "cloudnative-pg"},
        "tracking": {"kind": "mlflow"},
        "environments": {"dev": {}},
    },
    "team": {
        "cluster": {"kind": "existing"},
        "storage": {"kind": "seaweedfs"},
        "registry": {"kind": "oci"},
        "database": {"kind": "cloudnative-pg"},
        "tracking": {"kind": "mlflow"},
        "serving": {"kind": "kserve"},
        "environments": {"dev": {"profile": "development"}, "prod": {}},
    },
    "production": {
        "cluster": {"kind": "existing"},
        "storage": {"kind": "seaweedfs"},
        "registry": {"kind": "oci"},
        "database": {"kind": "cloudnative-pg"},
        **_PRODUCTION,
    },
}

_BY_TARGET = {"aws": _AWS, "existing-cluster": _EXISTING}


def preset(name: str, target: str, platform: str, requires: str) -> dict[str, Any]:
    """Return a blueprint as plain data, without the keys that only the user can know.

    Args:
        name: One of `PRESETS`.
        target: One of `TARGETS`.
        platform: Name of the platform.
        requires: Versions of Stackwright that the blueprint is for.
    """
    own = dict(_BY_TARGET[target][name])
    return {
        "apiVersion": "stackwright/v1",
        "requires": requires,
        "name": platform,
        "target": {"kind": target},
        "profile": own.pop("profile", "production"),
        **own,
    }
