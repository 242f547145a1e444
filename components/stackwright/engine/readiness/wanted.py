"""Lists what is to become ready: workloads and custom resources of a layer's plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stackwright.engine.api_server.client import ApiServer
from stackwright.engine.readiness.judge import says_how_far
from stackwright.engine.readiness.state import Target
from stackwright.plan.graph import SYMBOL, Layer, Resource

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

RELEASE = "kubernetes:helm.sh/v3:Release"

RELEASE_NAME = "meta.helm.sh/release-name"
"""Annotation of everything that a Helm release made."""

WORKLOADS: Mapping[str, str] = {
    "Deployment": "apis/apps/v1/{place}deployments",
    "StatefulSet": "apis/apps/v1/{place}statefulsets",
    "DaemonSet": "apis/apps/v1/{place}daemonsets",
    "Job": "apis/batch/v1/{place}jobs",
}
"""Path of each kind of workload."""


class Wanted:
    """What is to become ready of one layer."""

    def __init__(self, layer: Layer, api: ApiServer) -> None:
        self._layer = layer
        self._api = api
        self._served: dict[str, dict[str, str]] = {}
        self._by_urn = {resource.urn: resource for resource in layer.resources}

    def targets(self) -> Iterator[Target]:
        """Yield all that is to become ready.

        Raises:
            ApiFault: The cluster could not be asked which kinds say how far they are.
        """
        for resource in self._layer.resources:
            prefix, _, rest = resource.type.partition(":")
            group_version, _, kind = rest.rpartition(":")
            if prefix != "kubernetes" or not resource.custom:
                continue
            if resource.type == RELEASE:
                yield from self._of_release(resource)
            elif kind in WORKLOADS:
                yield self._workload(resource, kind)
            elif "." in group_version.partition("/")[0] and "k8s.io" not in group_version:
                yield from self._custom(resource, group_version, kind)

    def _workload(self, resource: Resource, kind: str) -> Target:
        name, namespace = self._named(resource.inputs.get("metadata") or {})
        place = f"namespaces/{namespace}/"
        path = f"/{WORKLOADS[kind].format(place=place)}/{name}"
        return Target(kind, path, namespace, name, resource.tool)

    def _of_release(self, resource: Resource) -> Iterator[Target]:
        name, namespace = self._named(resource.inputs)
        for kind in ("Deployment", "StatefulSet", "DaemonSet"):
            path = f"/{WORKLOADS[kind].format(place=f'namespaces/{namespace}/')}"
            for item in self._api.items(path):
                metadata = item["metadata"]
                if (metadata.get("annotations") or {}).get(RELEASE_NAME) == name:
                    made = metadata["name"]
                    yield Target(kind, f"{path}/{made}", namespace, made, resource.tool)

    def _custom(self, resource: Resource, group_version: str, kind: str) -> Iterator[Target]:
        group, _, version = group_version.partition("/")
        # A kind that is not served has no plural; what is asked for then is not there either.
        plural = self._plural(group_version, kind) or kind.lower()
        definition = self._api.find(f"{DEFINITIONS}/{plural}.{group}")
        if definition is not None and not says_how_far(definition, version):
            return
        name, namespace = self._named(resource.inputs.get("metadata") or {})
        place = f"namespaces/{namespace}/" if namespace else ""
        path = f"/apis/{group_version}/{place}{plural}/{name}"
        yield Target(kind, path, namespace, name, resource.tool)

    def _plural(self, group_version: str, kind: str) -> str:
        if group_version not in self._served:
            found = self._api.find(f"/apis/{group_version}") or {}
            self._served[group_version] = {
                item["kind"]: item["name"]
                for item in found.get("resources") or []
                if "/" not in item["name"]
            }
        return self._served[group_version].get(kind, "")

    def _named(self, metadata: Mapping[str, Any]) -> tuple[str, str]:
        return self._text(metadata.get("name")), self._text(metadata.get("namespace"))

    def _text(self, value: Any) -> str:
        """Return a text with each symbol replaced by the input that it stands for."""

        def known(match: Any) -> str:
            found: Any = self._by_urn[match["urn"]].inputs
            for step in match["property"].split("."):
                found = found[step]
            return str(found)

        return SYMBOL.sub(known, str(value)) if value else ""
