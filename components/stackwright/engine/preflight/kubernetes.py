"""Verifies what must be true of the cluster, by reading its API server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from stackwright import naming
from stackwright.checks import (
    ClusterIdentity,
    ClusterReached,
    CustomResourcesInstalled,
    DefaultStorageClass,
    NamespaceNotForeign,
    ObjectExists,
    OperatorNotForeign,
    ServerVersion,
)
from stackwright.engine.api_server.client import ApiServer
from stackwright.engine.api_server.faults import ApiFault
from stackwright.engine.preflight.cluster import unanswered
from stackwright.engine.preflight.result import Result, State, Unanswered, fails, holds
from stackwright.engine.preflight.worlds import Worlds

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
STORAGE_CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
RELEASE_NAMESPACE = "meta.helm.sh/release-namespace"
"""Annotation of everything that a Helm release made, but what lies in a chart's `crds` folder."""

Read = TypeVar("Read")


def reached(check: ClusterReached, worlds: Worlds) -> Result:
    """Verify that the API server answers and knows the caller."""
    cluster = worlds.open_cluster()
    return holds(check, f"{cluster.api.server} answers, Kubernetes {cluster.version}.")


def identity(check: ClusterIdentity, worlds: Worlds) -> Result:
    """Verify that the namespace kube-system has the UID."""
    found = _read(worlds, lambda api: api.read("/api/v1/namespaces/kube-system"))
    uid = found.get("metadata", {}).get("uid")
    if uid == check.uid:
        return holds(check, "its namespace kube-system has this UID.")
    return fails(check, f"it is another cluster: its namespace kube-system has the UID {uid}.")


def version(check: ServerVersion, worlds: Worlds) -> Result:
    """Verify that the server's minor version is one of the supported."""
    told = worlds.cluster().version
    number = re.match(r"v?([0-9]+\.[0-9]+)", told)
    if number and number[1] in check.supported:
        return holds(check, f"it runs {told}.")
    if number and number[1].startswith("0."):
        raise Unanswered(State.UNKNOWN, f"it runs a build without a version ({told}).")
    return fails(check, f"it runs {told}.")


def custom_resources(check: CustomResourcesInstalled, worlds: Worlds) -> Result:
    """Verify that each definition is there and serves the version."""
    missing = []
    for name, served, definition in _definitions(check.names, worlds):
        if definition is None:
            missing.append(name)
        elif served not in _served(definition):
            there = ", ".join(_served(definition)) or "no version"
            missing.append(f"{name} in version {served} (it serves {there})")
    if missing:
        return fails(check, f"the cluster has no {', no '.join(missing)}.")
    return holds(check, "all are served.")


def operator(check: OperatorNotForeign, worlds: Worlds) -> Result:
    """Verify that no release of another namespace made the definitions."""
    there = {name: d for name, _, d in _definitions(check.names, worlds) if d is not None}
    if not there:
        return holds(check, "the cluster does not have it yet.")
    makers = {_maker(definition) for definition in there.values()} - {""}
    foreign = sorted(maker for maker in makers if not _is_ours(maker, check.namespace))
    if foreign:
        return fails(check, f"the namespace {', '.join(foreign)} has a release that installs it.")
    if makers:
        return holds(check, f"it is installed from {', '.join(sorted(makers))}, which is ours.")
    # What lies in a chart's `crds` folder is marked by nobody, and stays when a release goes.
    if _is_made_by_us(_find(worlds, f"/api/v1/namespaces/{check.namespace}")):
        return holds(check, f"it is there, and so is our namespace {check.namespace}.")
    names = ", ".join(there)
    raise Unanswered(State.UNKNOWN, f"{names} is in the cluster, and not said who installed it.")


def object_exists(check: ObjectExists, worlds: Worlds) -> Result:
    """Verify that an object is there."""
    if _find(worlds, check.path) is None:
        return fails(check, f"the cluster has no {check.kind} {check.name}.")
    return holds(check, "it is there.")


def default_storage_class(check: DefaultStorageClass, worlds: Worlds) -> Result:
    """Verify that a class is marked as the default."""
    classes = _read(worlds, lambda api: api.items(STORAGE_CLASSES))
    names = [_name(item) for item in classes if _annotation(item, DEFAULT_CLASS) == "true"]
    if names:
        return holds(check, f"it is {', '.join(names)}.")
    there = ", ".join(map(_name, classes)) or "none"
    return fails(check, f"no StorageClass of the cluster is the default; it has {there}.")


def namespace(check: NamespaceNotForeign, worlds: Worlds) -> Result:
    """Verify that a namespace is not there, or carries the environment's labels."""
    found = _find(worlds, f"/api/v1/namespaces/{check.name}")
    if found is None:
        return holds(check, "it is not there yet.")
    labels = found.get("metadata", {}).get("labels") or {}
    ours = {
        "app.kubernetes.io/managed-by": naming.OWNER,
        "app.kubernetes.io/part-of": check.platform,
        "stackwright.dev/environment": check.environment,
    }
    if ours.items() <= labels.items():
        return holds(check, "it is there, made by this environment.")
    owner = labels.get("app.kubernetes.io/managed-by", "somebody else")
    return fails(check, f"it is there, made by {owner}; taking it over would change what is in it.")


def _read(worlds: Worlds, ask: Callable[[ApiServer], Read]) -> Read:
    api = worlds.cluster().api
    try:
        return ask(api)
    except ApiFault as fault:
        raise unanswered(fault) from fault


def _find(worlds: Worlds, path: str) -> Mapping[str, Any] | None:
    return _read(worlds, lambda api: api.find(path))


def _definitions(
    names: tuple[str, ...], worlds: Worlds
) -> Iterator[tuple[str, str, Mapping[str, Any] | None]]:
    """Yield name, version that is used, and definition; None where there is none."""
    for full in names:
        name, _, served = full.partition("/")
        yield name, served, _find(worlds, f"{DEFINITIONS}/{name}")


def _served(definition: Mapping[str, Any]) -> list[str]:
    return [v["name"] for v in definition["spec"]["versions"] if v.get("served")]


def _maker(definition: Mapping[str, Any]) -> str:
    return _annotation(definition, RELEASE_NAMESPACE)


def _is_ours(maker: str, namespace: str) -> bool:
    return maker == namespace or maker.startswith(f"{namespace}-")


def _is_made_by_us(found: Mapping[str, Any] | None) -> bool:
    labels = (found or {}).get("metadata", {}).get("labels") or {}
    return labels.get("app.kubernetes.io/managed-by") == naming.OWNER


def _annotation(item: Mapping[str, Any], name: str) -> str:
    return str((item.get("metadata", {}).get("annotations") or {}).get(name, ""))


def _name(item: Mapping[str, Any]) -> str:
    return str(item.get("metadata", {}).get("name", ""))
