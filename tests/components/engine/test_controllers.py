"""What controllers made in a cluster, and the wait until it is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stackwright.engine.controllers import (
    CLAIMS,
    EVERY,
    NAMESPACES,
    SERVICES,
    VOLUMES,
    Remnant,
    claimed_namespaces,
    remnants,
    wait_until_gone,
)

Objects = Mapping[str, Sequence[Mapping[str, Any]]]

GOING = "2026-11-21T12:00:00Z"


class Cluster:
    """Answers each look with the next of some worlds; the last one stays."""

    def __init__(self, *worlds: Objects) -> None:
        self._worlds = list(worlds)
        self.looks = 0

    def items(self, path: str) -> list[Mapping[str, Any]]:
        found = self._worlds[min(self.looks, len(self._worlds) - 1)].get(path, [])
        self.looks += path == NAMESPACES
        return list(found)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def service(name: str, *, going: bool = False, type_: str = "LoadBalancer") -> dict[str, Any]:
    metadata = {"namespace": "web", "name": name}
    return {"metadata": metadata | _stamp(going), "spec": {"type": type_}}


def volume(name: str, *, policy: str = "Delete", phase: str = "Bound") -> dict[str, Any]:
    spec = {"persistentVolumeReclaimPolicy": policy}
    return {"metadata": {"name": name}, "spec": spec, "status": {"phase": phase}}


def _stamp(going: bool) -> dict[str, str]:
    return {"deletionTimestamp": GOING} if going else {}


def wait(cluster: Cluster, told: list[str], within: float = 60) -> tuple[Remnant, ...]:
    clock = Clock()
    return wait_until_gone(cluster, told.append, sleep=clock.sleep, clock=clock, within=within)


def test_an_empty_cluster_leaves_nothing() -> None:
    assert remnants(Cluster({})) == ()


def test_load_balancers_are_left_by_services_of_that_type_only() -> None:
    found = remnants(Cluster({SERVICES: [service("a"), service("b", type_="ClusterIP")]}))
    assert [(str(one), one.going) for one in found] == [("load balancer of Service web/a", False)]


def test_volumes_are_left_that_a_driver_would_delete() -> None:
    objects = [volume("a"), volume("b", phase="Released"), volume("c", policy="Retain")]
    found = remnants(Cluster({VOLUMES: objects}))
    assert [(one.name, one.going) for one in found] == [("a", False), ("b", True)]


def test_a_namespace_that_waits_for_a_finalizer_is_left() -> None:
    going = {"metadata": {"name": "web"} | _stamp(True)}
    there = {"metadata": {"name": "default"}}
    found = remnants(Cluster({NAMESPACES: [going, there]}))
    assert [(str(one), one.going) for one in found] == [("namespace web", True)]


def test_what_is_going_is_waited_for_and_told_once() -> None:
    told: list[str] = []
    slow: Objects = {SERVICES: [service("a", going=True)]}
    cluster = Cluster(slow, slow, slow, {})
    assert wait(cluster, told) == ()
    assert told == ["Waiting for controllers to take away: load balancer of Service web/a."]
    assert cluster.looks == 4


def test_what_nobody_deleted_is_not_waited_for() -> None:
    cluster = Cluster({SERVICES: [service("theirs")]})
    assert [one.name for one in wait(cluster, [])] == ["web/theirs"]
    assert cluster.looks == 1


def test_the_wait_has_an_end() -> None:
    cluster = Cluster({SERVICES: [service("stuck", going=True)]})
    assert [one.name for one in wait(cluster, [], within=3 * EVERY)] == ["web/stuck"]
    assert cluster.looks == 4


def test_namespaces_with_claims_are_found() -> None:
    claims = [{"metadata": {"namespace": name, "name": "x"}} for name in ("b", "a", "b")]
    assert claimed_namespaces(Cluster({CLAIMS: claims})) == ("a", "b")
