"""Metadata of Kubernetes objects: explicit names, recommended labels, the tool's own labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi import Output
from pulumi_kubernetes.apiextensions import CustomResource

from stackwright import naming
from stackwright.scope import Scope
from stackwright.tool import KubernetesToolSettings


@dataclass(frozen=True, slots=True)
class ObjectNames:
    """Names and labels of the objects of one instance."""

    scope: Scope
    instance: str
    settings: KubernetesToolSettings

    @property
    def namespace(self) -> str:
        """Namespace that the instance lives in."""
        return naming.namespace(self.scope, self.instance)

    def metadata(self, name: str, *, component: str = "", **more: Any) -> Any:
        """Return the metadata of a namespaced object.

        Args:
            name: Name of the object.
            component: Value of `app.kubernetes.io/name`; the instance when empty.
            more: Labels and annotations of this object besides those of the tool, as `labels`
                and `annotations`.
        """
        return {
            "name": name,
            "namespace": self.namespace,
            **self._marks(component, more.get("labels", {}), more.get("annotations", {})),
        }

    def cluster_metadata(self, name: str, **more: Any) -> Any:
        """Return the metadata of an object that is in no namespace."""
        marks = self._marks("", more.get("labels", {}), more.get("annotations", {}))
        return {"name": name, **marks}

    def selector(self, component: str = "") -> dict[str, str]:
        """Return the labels that select pods."""
        return naming.selector(self.scope, self.instance, component)

    def _marks(
        self, component: str, labels: Mapping[str, Any], annotations: Mapping[str, Any]
    ) -> dict[str, Any]:
        marks: dict[str, Any] = {
            "labels": {
                **naming.labels(self.scope, self.instance, component),
                **self.settings.labels,
                **labels,
                **naming.selector(self.scope, self.instance, component),
            }
        }
        if self.settings.annotations or annotations:
            marks["annotations"] = {**self.settings.annotations, **annotations}
        return marks


def object_name(resource: CustomResource) -> Output[str]:
    """Return the name of a custom resource, so that what uses it comes after it."""
    untyped: Any = resource
    name: Output[str] = untyped.metadata["name"]
    return name
