"""What the inputs of a resource in a cluster say about its name, its namespace and its volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_VOLUME_KEYS = frozenset(
    {
        "persistentVolumeClaim",
        "storageClass",
        "storageClassName",
        "volumeClaimTemplate",
        "volumeClaimTemplates",
    }
)
"""Keys of manifests and chart values below which a volume is asked for."""


def asks_for_volumes(inputs: Any) -> bool:
    """Tell whether a manifest or the values of a chart ask for persistent volumes."""
    if isinstance(inputs, Mapping):
        return any(
            (key in _VOLUME_KEYS and bool(value)) or asks_for_volumes(value)
            for key, value in inputs.items()
        )
    return isinstance(inputs, list | tuple) and any(map(asks_for_volumes, inputs))


def namespace_of(inputs: Mapping[str, Any]) -> str:
    """Return the namespace that an object or a release is in; empty when in none."""
    metadata = inputs.get("metadata")
    inside = metadata if isinstance(metadata, Mapping) else inputs
    return str(inside.get("namespace") or "")


def name_in_cluster(inputs: Mapping[str, Any]) -> str:
    """Return the name of an object in its cluster; empty when the provider makes one."""
    metadata = inputs.get("metadata")
    return str(metadata.get("name") or "") if isinstance(metadata, Mapping) else ""
