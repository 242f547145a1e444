"""Says why a workload waits: what its pods say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from stackwright.engine.api_server.client import ApiServer
from stackwright.engine.readiness.judge import condition

_LONGEST = 300
"""Characters of a pod's own words that are shown."""


def why_waiting(api: ApiServer, workload: Mapping[str, Any]) -> str:
    """Return what keeps a workload's pods from being ready; empty when nothing tells.

    Raises:
        ApiFault: The pods could not be read.
    """
    labels = ((workload.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    if not labels:
        return ""
    namespace = workload["metadata"]["namespace"]
    selector = urlencode({"labelSelector": ",".join(f"{k}={v}" for k, v in sorted(labels.items()))})
    pods = api.items(f"/api/v1/namespaces/{namespace}/pods?{selector}")
    reasons = dict.fromkeys(reason for pod in pods for reason in _reasons(pod))
    return "; ".join(reasons)[:_LONGEST]


def _reasons(pod: Mapping[str, Any]) -> Iterator[str]:
    status = pod.get("status") or {}
    scheduled = condition(status, "PodScheduled")
    if scheduled.get("status") == "False":
        yield f"no node fits: {_words(scheduled.get('message'))}"
    for container in _containers(status):
        state = container.get("state") or {}
        waiting = state.get("waiting") or {}
        if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
            yield f"container {container.get('name')}: {_waiting(waiting, container)}"
        ended = state.get("terminated") or {}
        if ended.get("exitCode"):
            yield f"container {container.get('name')} ended with {ended['exitCode']}"


def _containers(status: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def _waiting(waiting: Mapping[str, Any], container: Mapping[str, Any]) -> str:
    last = (container.get("lastState") or {}).get("terminated") or {}
    if waiting["reason"] == "CrashLoopBackOff" and last:
        why = last.get("reason") or ""
        return f"it crashes again and again, last with exit code {last.get('exitCode')} ({why})"
    return f"{waiting['reason']}: {_words(waiting.get('message'))}".rstrip(": ")


def _words(text: Any) -> str:
    return " ".join(str(text or "").split()).rstrip(".")
