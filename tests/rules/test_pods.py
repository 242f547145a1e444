"""Every pod that is planned passes Pod Security `restricted`, by our own reading of it.

The rules are those of Kubernetes for the level, and a few that are stricter: no token, a limit of
memory and of scratch space, no secret in a variable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from stackwright.plan.graph import Plan, Resource


def test_every_pod_is_restricted(plan: Plan) -> None:
    problems = [
        f"{resource.urn}: {problem}"
        for resource in kubernetes_objects(plan)
        for pod in pod_specs(resource.inputs)
        for problem in pod_problems(pod)
    ]
    assert problems == []


GOOD_POD: dict[str, Any] = {
    "serviceAccountName": "model",
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}],
    "containers": [
        {
            "name": "server",
            "image": "registry.example.com/a:1",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "resources": {
                "requests": {"cpu": "1", "memory": "1Gi"},
                "limits": {"memory": "1Gi"},
            },
        }
    ],
}


def test_a_restricted_pod_has_no_problem() -> None:
    assert list(pod_problems(GOOD_POD)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("hostNetwork",), True),
        (("hostPID",), True),
        (("serviceAccountName",), "default"),
        (("automountServiceAccountToken",), None),
        (("securityContext", "runAsNonRoot"), False),
        (("securityContext", "runAsUser"), 1000),
        (("securityContext", "seccompProfile"), None),
        (("securityContext", "sysctls"), [{"name": "kernel.msgmax", "value": "1"}]),
        (("volumes",), [{"name": "host", "hostPath": {"path": "/"}}]),
        (("volumes",), [{"name": "tmp", "emptyDir": {}}]),
        (("containers", 0, "securityContext", "privileged"), True),
        (("containers", 0, "securityContext", "allowPrivilegeEscalation"), None),
        (("containers", 0, "securityContext", "readOnlyRootFilesystem"), False),
        (("containers", 0, "securityContext", "capabilities"), {"drop": ["NET_RAW"]}),
        (("containers", 0, "securityContext", "capabilities"), {"drop": ["ALL"], "add": ["X"]}),
        (("containers", 0, "ports"), [{"hostPort": 80, "containerPort": 80}]),
        (("containers", 0, "image"), "registry.example.com/a:latest"),
        (("containers", 0, "image"), "registry.example.com/a"),
        (("containers", 0, "env"), [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "s"}}}]),
        (("containers", 0, "env"), [{"name": "DB_PASSWORD", "value": "hunter2"}]),
        (("containers", 0, "resources"), {"requests": {"cpu": "1"}}),
    ],
)
def test_a_pod_that_is_not_restricted_is_found(path: tuple[str | int, ...], value: object) -> None:
    pod = json.loads(json.dumps(GOOD_POD))
    place = pod
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert list(pod_problems(pod)) != []


VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
    "projected", "secret",
}  # fmt: skip


def pod_problems(pod: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps a pod from being restricted."""
    yield from (f"{key} is on" for key in ("hostNetwork", "hostPID", "hostIPC") if pod.get(key))
    if pod.get("serviceAccountName") in (None, "", "default"):
        yield "runs as the default service account"
    if pod.get("automountServiceAccountToken") is not False:
        yield "is given a token of its service account"
    if (pod.get("securityContext") or {}).get("sysctls"):
        yield "sets kernel parameters"
    for volume in pod.get("volumes") or ():
        kind = next(key for key in volume if key != "name")
        if kind not in VOLUMES:
            yield f"volume {volume['name']} is a {kind}"
        if kind == "emptyDir" and not volume[kind].get("sizeLimit"):
            yield f"volume {volume['name']} has no limit"
    for container in (*(pod.get("initContainers") or ()), *pod["containers"]):
        for problem in container_problems(container, pod.get("securityContext") or {}):
            yield f"container {container['name']} {problem}"


def container_problems(container: Mapping[str, Any], of_pod: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps a container from being restricted."""
    own = container.get("securityContext") or {}
    context = {**of_pod, **own}
    capabilities = own.get("capabilities") or {}
    resources = container.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    tag = container["image"].rpartition("/")[2]
    facts = {
        "is privileged": own.get("privileged"),
        "may gain privileges": own.get("allowPrivilegeEscalation") is not False,
        "may write its root": own.get("readOnlyRootFilesystem") is not True,
        "keeps capabilities": capabilities.get("drop") != ["ALL"],
        "adds capabilities": set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"},
        "may run as root": context.get("runAsNonRoot") is not True,
        "runs as a user of the node": 0 <= (context.get("runAsUser") or 10000) < 10000,
        "has no seccomp profile": not context.get("seccompProfile"),
        "takes a port of the node": any(p.get("hostPort") for p in container.get("ports") or ()),
        "has an image that moves": not re.search(r"[:@](?!latest$)", tag),
        "lacks a request": not {"cpu", "memory"} <= set(requests),
        "has no limit of memory": "memory" not in limits,
        "has other GPUs than it asks for": any(
            limits.get(key) != requests.get(key) for key in {*requests, *limits} if "/" in key
        ),
        "has a secret in its environment": any(_is_secret(v) for v in container.get("env") or ()),
    }
    yield from (fact for fact, holds in facts.items() if holds)


def _is_secret(variable: Mapping[str, Any]) -> bool:
    if "secretKeyRef" in (variable.get("valueFrom") or {}):
        return True
    named = re.search(r"PASSWORD|SECRET|TOKEN|API_?KEY|PRIVATE", variable["name"])
    return bool(named and variable.get("value"))


def pod_specs(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every pod in an object, also those inside custom resources."""
    if isinstance(value, Mapping):
        containers = value.get("containers")
        if isinstance(containers, list) and all("image" in item for item in containers):
            yield value
        for item in value.values():
            yield from pod_specs(item)
    elif isinstance(value, list):
        for item in value:
            yield from pod_specs(item)


def kubernetes_objects(plan: Plan) -> Iterator[Resource]:
    for _, resource in plan.resources():
        if resource.type.startswith("kubernetes:") and "metadata" in resource.inputs:
            yield resource
