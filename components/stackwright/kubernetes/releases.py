"""Helm releases: verified chart versions, mirrors, and the user's values merged last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input
from pulumi_kubernetes.helm.v3 import Release

from stackwright.scope import Scope
from stackwright.tool import ReleaseSettings


@dataclass(frozen=True, slots=True)
class Chart:
    """Where a Helm chart comes from."""

    name: str
    repository: str
    """`https://` repository, or the `oci://` path that the name is appended to."""

    def source(self, scope: Scope) -> dict[str, Any]:
        """Return the arguments of a Release that name the chart, at its mirror if there is one."""
        place = scope.get("chart_mirror") or self.repository
        if place.startswith("oci://"):
            return {"chart": f"{place.rstrip('/')}/{self.name}"}
        return {"chart": self.name, "repository_opts": {"repo": place}}


def helm_release(
    name: str,
    chart: Chart,
    *,
    scope: Scope,
    settings: ReleaseSettings,
    release_name: str,
    namespace: Input[str],
    values: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
    version: str = "",
    user_values: bool = True,
) -> Release:
    """Install a chart as a true Helm release: hooks run, failures roll back.

    Args:
        name: Name of the resource.
        chart: The chart.
        scope: Environment; its mirror replaces the chart's repository.
        settings: The tool's settings: version, and `helm_values` merged last.
        release_name: Name of the release in the cluster.
        namespace: Namespace that it is installed in.
        values: Stackwright's values.
        opts: Options of the resource.
        version: Chart version when a tool installs several charts; else the settings' version.
        user_values: Whether the user's `helm_values` belong to this chart of the tool.
    """
    merged = merge_values(values, settings.helm_values) if user_values else dict(values)
    return Release(
        name,
        name=release_name,
        namespace=namespace,
        version=version or settings.version or settings.verified_versions[0],
        values=merged,
        atomic=True,
        timeout=600,
        **chart.source(scope),
        opts=opts,
    )


def chart_placement(settings: ReleaseSettings) -> dict[str, Any]:
    """Return the Helm values, as most charts name them, that say which nodes pods run on."""
    scheduling = settings.scheduling
    return {
        "nodeSelector": dict(scheduling.node_selector),
        "tolerations": [
            item.model_dump(mode="json", exclude_defaults=True) for item in scheduling.tolerations
        ],
    }


def merge_values(values: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """Return Helm values with another set merged over them, mappings key by key."""
    merged = dict(values)
    for key, value in override.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = merge_values(below, value)
        else:
            merged[key] = value
    return merged


def image(reference: str, scope: Scope) -> str:
    """Return a container image's reference at the environment's mirror, if it has one."""
    mirror = scope.get("image_mirror")
    if not mirror:
        return reference
    _, _, path = reference.partition("/")
    return f"{mirror}/{path}"
