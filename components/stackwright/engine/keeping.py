"""What stays when an environment is destroyed and its data is kept.

Kept is what holds data, what guards it (such as a bucket's block of public access), and all that
these depend on. Everything else goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stackwright.data.stateful import holds_data
from stackwright.engine.kubernetes_inputs import asks_for_volumes, name_in_cluster, namespace_of
from stackwright.engine.physical_ids import NAMESPACE
from stackwright.engine.state import Resource, State


@dataclass(frozen=True, slots=True)
class Keeping:
    """What stays, by reason; a URN stands in one of them."""

    data: frozenset[str]
    """What holds data."""
    guards: frozenset[str]
    """Settings of what holds data that are resources of their own."""
    needed: frozenset[str]
    """What the others depend on."""

    @property
    def every(self) -> frozenset[str]:
        """All that stays."""
        return self.data | self.guards | self.needed


_ENTRANCES = {
    "aws:eks/accessEntry:AccessEntry": "aws:eks/cluster:Cluster",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "aws:eks/cluster:Cluster",
}
"""Type -> the type of which it is the only way in: without it nobody can read or delete what stays
there."""

NOTHING = Keeping(frozenset(), frozenset(), frozenset())


def kept_with_data(state: State, claimed: Iterable[str] | None = ()) -> Keeping:
    """Return what stays so that no data is lost.

    Args:
        state: What there is.
        claimed: Namespaces that hold volume claims, as the cluster says; None when it could not
            be asked, and every namespace may hold some.
    """
    homes = {*(_namespaces(state) if claimed is None else claimed), *_volume_namespaces(state)}
    data = {urn for urn, one in state.by_urn.items() if _holds_data(one, homes)}
    guards = {
        urn
        for urn, one in state.by_urn.items()
        if urn not in data and any(_guards(one, state.by_urn[other]) for other in data)
    }
    needed = _needed(state.by_urn, data | guards)
    return Keeping(frozenset(data), frozenset(guards), frozenset(needed))


def depends_on(resource: Resource) -> set[str]:
    """Return the resources that one directly needs, its parent and provider included."""
    by_property = {urn for urns in resource.property_dependencies.values() for urn in urns}
    provider = resource.provider.rpartition("::")[0]
    named = {resource.parent, provider, resource.deleted_with}
    return {*named, *resource.dependencies, *by_property} - {""}


def _holds_data(resource: Resource, homes: set[str]) -> bool:
    if not resource.custom or resource.external:
        return False
    if resource.type == NAMESPACE:
        return resource.protect or name_in_cluster(resource.inputs) in homes
    return resource.protect or holds_data(resource.type)


def _namespaces(state: State) -> Iterator[str]:
    for resource in state.by_urn.values():
        if resource.type == NAMESPACE:
            yield name_in_cluster(resource.inputs)


def _volume_namespaces(state: State) -> Iterator[str]:
    """Yield namespaces whose objects ask for volumes: claims go when their namespace goes."""
    for resource in state.by_urn.values():
        if resource.type.startswith("kubernetes:") and asks_for_volumes(resource.inputs):
            yield namespace_of(resource.inputs)


def _guards(resource: Resource, data: Resource) -> bool:
    """Tell whether a resource is a setting of another or the way in.

    By its name, such as `bucketPolicy` of a `bucket`, or because AWS names it otherwise.
    """
    both = resource.type.startswith("aws:") and data.type.startswith("aws:")
    return (
        both
        and data.urn in depends_on(resource)
        and (
            _module(resource.type).startswith(_module(data.type))
            or _ENTRANCES.get(resource.type) == data.type
        )
    )


def _module(type_: str) -> str:
    """Return `s3/bucketPolicy` of `aws:s3/bucketPolicy:BucketPolicy`."""
    return type_.split(":")[1]


def _needed(resources: Mapping[str, Resource], seeds: set[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(seeds)
    while waiting:
        for urn in depends_on(resources[waiting.pop()]):
            if urn in resources and urn not in seeds | found:
                found.add(urn)
                waiting.append(urn)
    return found
