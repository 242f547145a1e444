"""One plan as what is deployed: its resources, and which of them are settings of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from stackwright.plan.graph import Plan, Resource

_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"

_STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"


class Deployed:
    """The resources of a plan, looked up by what they are made from."""

    def __init__(self, plan: Plan) -> None:
        self.resources = {resource.urn: resource for _, resource in plan.resources()}
        self._users: defaultdict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            for urn in {one for urns in resource.property_dependencies.values() for one in urns}:
                self._users[urn].append(resource)

    def settings(self, resource: Resource, type_: str) -> Iterator[Resource]:
        """Yield the resources of a type that are made from another one."""
        return (one for one in self._users[resource.urn] if one.type == type_)

    def storage_class(self, name: str) -> Resource | None:
        """Return a storage class by its name in the cluster, or the default one for no name."""
        for one in self.resources.values():
            if one.type == _STORAGE_CLASS and _is_called(one, name):
                return one
        return None


def _is_called(storage_class: Resource, name: str) -> bool:
    metadata = storage_class.inputs.get("metadata")
    if not isinstance(metadata, dict):
        return False
    if name:
        return bool(metadata.get("name") == name)
    annotations = metadata.get("annotations")
    return isinstance(annotations, dict) and annotations.get(_DEFAULT_CLASS) == "true"
