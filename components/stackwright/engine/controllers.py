"""What controllers made in a cluster, which must be gone before the cluster goes.

The engine does not know it: load balancers of Services, volumes of claims, and finalizers that
somebody still has to take away. Once the cluster is gone nobody does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

SERVICES = "/api/v1/services"
CLAIMS = "/api/v1/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
NAMESPACES = "/api/v1/namespaces"

WITHIN = 600.0
"""Seconds that controllers get; a load balancer takes some minutes to go."""

EVERY = 5.0
"""Seconds between two looks."""


class Cluster(Protocol):
    """Something that lists objects, such as an API server."""

    def items(self, path: str) -> list[Mapping[str, Any]]:
        """Return the objects of a list."""


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something that a controller made or has to take away."""

    kind: str
    name: str
    """Name, after the namespace and a slash where it has one."""
    going: bool
    """True when it was deleted already and waits for its controller."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def remnants(cluster: Cluster) -> tuple[Remnant, ...]:
    """Return what is there that would be left behind if the cluster went now.

    Raises:
        ApiFault: The cluster does not answer.
    """
    return (*_load_balancers(cluster), *_volumes(cluster), *_namespaces(cluster))


def claimed_namespaces(cluster: Cluster) -> tuple[str, ...]:
    """Return the namespaces that hold volume claims.

    Raises:
        ApiFault: The cluster does not answer.
    """
    found = {str(_metadata(item).get("namespace", "")) for item in cluster.items(CLAIMS)}
    return tuple(sorted(found - {""}))


def wait_until_gone(
    cluster: Cluster,
    told: Callable[[str], None],
    *,
    sleep: Callable[[float], None],
    clock: Callable[[], float],
    within: float = WITHIN,
) -> tuple[Remnant, ...]:
    """Wait for what is going, and return what is left.

    Args:
        cluster: The cluster.
        told: Called with a sentence whenever what is waited for has changed.
        sleep: Waits some seconds.
        clock: Seconds that only go up.
        within: Seconds to wait at most.

    Raises:
        ApiFault: The cluster does not answer.
    """
    end = clock() + within
    before: tuple[Remnant, ...] = ()
    while True:
        left = remnants(cluster)
        going = tuple(one for one in left if one.going)
        if not going or clock() >= end:
            return left
        if going != before:
            told(f"Waiting for controllers to take away: {', '.join(map(str, going))}.")
            before = going
        sleep(EVERY)


def _load_balancers(cluster: Cluster) -> Iterator[Remnant]:
    for item in cluster.items(SERVICES):
        spec = item.get("spec") or {}
        if spec.get("type") == "LoadBalancer":
            yield _remnant("load balancer of Service", item)


def _volumes(cluster: Cluster) -> Iterator[Remnant]:
    """Yield volumes that a driver gives back once their claims are gone."""
    for item in cluster.items(VOLUMES):
        spec, phase = item.get("spec") or {}, (item.get("status") or {}).get("phase", "")
        if spec.get("persistentVolumeReclaimPolicy") == "Delete":
            released = phase in ("Released", "Failed")
            yield _remnant("volume", item, going=released)


def _namespaces(cluster: Cluster) -> Iterator[Remnant]:
    for item in cluster.items(NAMESPACES):
        if _metadata(item).get("deletionTimestamp"):
            yield _remnant("namespace", item)


def _remnant(kind: str, item: Mapping[str, Any], *, going: bool = False) -> Remnant:
    metadata = _metadata(item)
    place = (metadata.get("namespace"), metadata.get("name"))
    name = "/".join(str(part) for part in place if part)
    return Remnant(kind, name, going or bool(metadata.get("deletionTimestamp")))


def _metadata(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return item.get("metadata") or {}
