"""Proves that the engine deletes in an order in which nothing is left without its caretaker.

The engine deletes a resource before all that it depends on. A custom resource whose operator went
first keeps its finalizer for ever; what is in a namespace goes with it; a volume whose driver is
gone is never given back. `destroy` promises that order; the dependencies of a program make it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from stackwright import catalog
from stackwright.engine.kubernetes_inputs import asks_for_volumes, name_in_cluster, namespace_of
from stackwright.plan.graph import Layer, Plan, Resource

RELEASE = "kubernetes:helm.sh/v3:Release"
NAMESPACE = "kubernetes:core/v1:Namespace"
STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"


def order_problems(plan: Plan) -> tuple[str, ...]:
    """Return in words what would be deleted too late or too early; nothing when all is well."""
    return tuple(
        problem
        for layer in plan.layers
        for problem in (*_orphaned(plan, layer), *_evicted(layer), *_unmounted(layer))
    )


def _orphaned(plan: Plan, layer: Layer) -> Iterator[str]:
    """Yield custom resources that do not depend on the releases of their operator."""
    operators = dict(_operators(plan))
    reach = _Reach(layer)
    for resource in layer.resources:
        for release in layer.resources:
            of_operator = release.tool in operators.get(_group(resource.type), ())
            if release.type != RELEASE or not of_operator:
                continue
            if release.urn not in reach.of(resource.urn):
                yield f"{resource.name} would outlive its operator {release.name}."


def _operators(plan: Plan) -> Iterator[tuple[str, set[str]]]:
    """Yield each group of custom resources with the tools that install it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for tool in plan.tools:
        settings = catalog.capabilities().get(tool.capability, {}).get(tool.kind)
        for name in getattr(settings, "custom_resources", ()):
            found[name.partition("/")[0].partition(".")[2]].add(tool.instance)
    yield from found.items()


def _group(type_: str) -> str:
    """Return the API group of a type, such as `cert-manager.io`."""
    package, _, rest = type_.partition(":")
    return rest.partition("/")[0] if package == "kubernetes" else ""


def _evicted(layer: Layer) -> Iterator[str]:
    """Yield what does not depend on the namespace that it is in."""
    homes = {
        name_in_cluster(resource.inputs): resource
        for resource in layer.resources
        if resource.type == NAMESPACE
    }
    reach = _Reach(layer)
    for resource in layer.resources:
        home = homes.get(namespace_of(resource.inputs)) if resource.custom else None
        if home is not None and home.urn not in reach.of(resource.urn):
            yield f"{resource.name} would outlive its namespace {home.name}."


def _unmounted(layer: Layer) -> Iterator[str]:
    """Yield what asks for volumes and does not depend on the class that makes them."""
    classes = [resource for resource in layer.resources if resource.type == STORAGE_CLASS]
    reach = _Reach(layer)
    for resource in layer.resources:
        if not resource.type.startswith("kubernetes:") or not asks_for_volumes(resource.inputs):
            continue
        for made_by in classes:
            if made_by.urn not in reach.of(resource.urn):
                yield f"the volumes of {resource.name} would outlive {made_by.name}."


class _Reach:
    """What each resource of a layer depends on, however many steps away."""

    def __init__(self, layer: Layer) -> None:
        self._direct = {resource.urn: _direct(resource) for resource in layer.resources}
        self._found: dict[str, frozenset[str]] = {}

    def of(self, urn: str) -> frozenset[str]:
        if urn not in self._found:
            seen: set[str] = set()
            waiting = [urn]
            while waiting:
                for other in self._direct.get(waiting.pop(), ()):
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
            self._found[urn] = frozenset(seen)
        return self._found[urn]


def _direct(resource: Resource) -> set[str]:
    named = {resource.parent, resource.provider, resource.options.deleted_with}
    by_property = {urn for urns in resource.property_dependencies.values() for urn in urns}
    return {*named, *resource.dependencies, *by_property} - {""}
