"""The objects of a plan on a control plane: made, run, applied again, and removed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.cluster.client import Answer, Client, Object
from tests.servers.process import eventually

WITHIN, EVERY = 120.0, 0.3
"""Seconds that objects have to become ready, or to be gone: a few are, on a quiet machine."""

_GIVEN = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}
"""Kind and name of what every namespace has."""

_TRIES = 5
"""How often an object is applied to see one that nobody else writes to in between."""


@dataclass
class Made:
    """What became of objects that were created."""

    complaints: list[str] = field(default_factory=list)
    """What the API server refused or warned about; after the block, warnings of deletion too."""
    left: list[str] = field(default_factory=list)
    """What was still there after all had been deleted; known after the block."""


@contextmanager
def made(client: Client, objects: Sequence[Object]) -> Iterator[Made]:
    """Create objects in order; delete them in reverse order when the block ends."""
    found = Made()
    try:
        for item in objects:
            found.complaints += complaints(item, client.create(item))
        yield found
    finally:
        _remove(client, objects, found)


def complaints(item: Object, answer: Answer) -> list[str]:
    """Return what is wrong with an answer: a refusal, or warnings."""
    refused = [] if answer.succeeded else [f"{answer.status} {answer.message}"]
    return [f"{title(item)}: {text}" for text in (*refused, *answer.warnings)]


def title(item: Object) -> str:
    """Return the kind and the name of an object for a message."""
    metadata = item["metadata"]
    return "/".join(filter(None, [item["kind"], metadata.get("namespace"), metadata["name"]]))


def unready(client: Client, objects: Sequence[Object]) -> list[str]:
    """Return the workloads that are not ready, and the pods of their namespaces that are not."""
    workloads = [client.read(item).body for item in objects if item["kind"] in _READY]
    names = {item["metadata"]["namespace"] for item in workloads}
    pods = [pod for name in names for pod in client.items(f"/api/v1/namespaces/{name}/pods")]
    late = [title(item) for item in workloads if not _READY[item["kind"]](item)]
    return late + [f"Pod {pod['metadata']['name']}" for pod in pods if not _runs(pod)]


def changed_by_applying_again(client: Client, objects: Sequence[Object]) -> list[str]:
    """Apply every object twice; return what the first or the second time changed.

    The first time may only record who owns the fields, the second time nothing at all.
    """
    changed: list[str] = []
    for item in objects:
        before, first = client.read(item), client.apply(item)
        changed += complaints(item, first)
        if first.succeeded and _content(before.body) != _content(first.body):
            changed.append(f"{title(item)}: changed by the first time that it is applied")
        if first.succeeded and not any(_stays(client, item) for _ in range(_TRIES)):
            changed.append(f"{title(item)}: changed each time that it is applied")
    return changed


def left_in(client: Client, namespaces: Collection[str]) -> list[str]:
    """Return what is in namespaces, save events and what every namespace has."""
    return [
        f"{name} {item['metadata']['namespace']}/{item['metadata']['name']}"
        for name, path in _collections(client)
        for item in client.items(path)
        if item["metadata"].get("namespace") in namespaces
        and (name, item["metadata"]["name"]) not in _GIVEN
    ]


def _remove(client: Client, objects: Sequence[Object], found: Made) -> None:
    namespaces = [item for item in objects if item["kind"] == "Namespace"]
    names = {item["metadata"]["name"] for item in namespaces}
    others = [item for item in objects if item["kind"] != "Namespace"]
    _delete(client, others, found)
    found.left += _what_stays(lambda: left_in(client, names))
    _delete(client, namespaces, found)
    # What is in these namespaces was looked for above.
    rest = [item for item in objects if item["metadata"].get("namespace") not in names]
    found.left += _what_stays(lambda: [title(item) for item in rest if _is_there(client, item)])


def _delete(client: Client, objects: Sequence[Object], found: Made) -> None:
    for item in reversed(objects):
        answer = client.delete(item)
        found.complaints += [f"{title(item)}: {text}" for text in answer.warnings]


def _what_stays(look: Callable[[], list[str]]) -> list[str]:
    """Wait until nothing is left; return what is, after `WITHIN` seconds."""
    try:
        eventually(lambda: not look(), "something is left", WITHIN, EVERY)
    except AssertionError:
        return look()
    return []


def _is_there(client: Client, item: Object) -> bool:
    return client.read(item).status != 404


def _collections(client: Client) -> Iterator[tuple[str, str]]:
    """Yield the kind and the path of every collection of objects in namespaces, but events."""
    groups = client.request("GET", "/apis").body["groups"]
    versions = ["v1", *(group["preferredVersion"]["groupVersion"] for group in groups)]
    for version in versions:
        root = "/api/v1" if version == "v1" else f"/apis/{version}"
        for name, kind in client.kinds(version).items():
            if kind.namespaced and kind.plural != "events":
                yield name, f"{root}/{kind.plural}"


def _stays(client: Client, item: Object) -> bool:
    before, after = client.read(item).body, client.apply(item).body
    return bool(before["metadata"]["resourceVersion"] == after["metadata"]["resourceVersion"])


def _content(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without what controllers write and without who owns which field."""
    found = copy.deepcopy(dict(item))
    found.pop("status", None)
    for key in ("managedFields", "resourceVersion"):
        found["metadata"].pop(key, None)
    return found


def _replicas_are_ready(item: Object) -> bool:
    status, wanted = item["status"], item["spec"]["replicas"]
    counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    seen = status.get("observedGeneration") == item["metadata"]["generation"]
    return seen and all(status.get(key, 0) == wanted for key in counts)


def _is_at_least_at_minimum(item: Object) -> bool:
    replicas: int = item["status"].get("currentReplicas", 0)
    return replicas >= int(item["spec"]["minReplicas"])


def _lets_a_node_be_drained(item: Object) -> bool:
    return int(item["status"]["disruptionsAllowed"]) > 0


def _runs(pod: Object) -> bool:
    return pod["status"]["phase"] == "Succeeded" or _has(pod, "Ready")


def _has(item: Object, condition: str) -> bool:
    conditions = item["status"].get("conditions", ())
    return any(each["type"] == condition and each["status"] == "True" for each in conditions)


_READY: Mapping[str, Callable[[Object], bool]] = {
    "Deployment": _replicas_are_ready,
    "StatefulSet": _replicas_are_ready,
    "Job": lambda item: _has(item, "Complete"),
    "HorizontalPodAutoscaler": _is_at_least_at_minimum,
    "PodDisruptionBudget": _lets_a_node_be_drained,
}
