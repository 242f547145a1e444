"""Asks whether the endpoints of the wiring answer, through the API server: no port is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from stackwright.engine.api_server.client import Answer, ApiServer
from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.readiness.state import State, Target, Verdict
from stackwright.plan.graph import Layer
from stackwright.wiring import OUTPUT

KIND = "Endpoint"

_SERVICE = re.compile(
    r"^(?P<scheme>https?)://(?P<name>[a-z0-9-]+)\.(?P<namespace>[a-z0-9-]+)\.svc(\.[a-z0-9.-]+)?"
    r"(:(?P<port>[0-9]+))?(?P<path>/.*)?$"
)
"""URL of a Service of the cluster (Kubernetes documentation, "DNS for Services and Pods")."""


def endpoints(layer: Layer) -> Iterator[Target]:
    """Yield each URL of the wiring that is a Service of the cluster."""
    tools = (layer.outputs.get(OUTPUT) or {}).get("tools") or {}
    for tool, values in sorted(tools.items()):
        for value in values.values():
            match = _SERVICE.match(value) if isinstance(value, str) else None
            if match:
                yield Target(KIND, value, match["namespace"], match["name"], tool)


def judge_endpoint(api: ApiServer, target: Target) -> Verdict:
    """Return whether a Service has pods that are ready, and whether they answer.

    Raises:
        ApiFault: The Service's pods could not be read.
    """
    ready = _ready_pods(api, target)
    if not ready:
        return Verdict(State.WAITING, "no pod is ready behind it")
    pods = f"{ready} {'pod is' if ready == 1 else 'pods are'} ready behind it"
    try:
        answer = api.ask(_proxy_path(target), once=True)
    except ApiFault as fault:
        if fault.fault is Fault.TIMEOUT:
            return Verdict(State.READY, f"{pods}; {_KEPT_OUT}")
        raise
    return _of_answer(answer, pods)


_KEPT_OUT = "whether they answer was not seen, since the API server is kept out of the namespace"


def _of_answer(answer: Answer, pods: str) -> Verdict:
    if _is_of_api_server(answer):
        if answer.status == 403:
            return Verdict(State.READY, f"{pods}; you may not ask them through the API server")
        return Verdict(State.READY, f"{pods}; {_KEPT_OUT}")
    if answer.status >= 500:
        return Verdict(State.WAITING, f"it answers {answer.status}")
    return Verdict(State.READY, f"it answers {answer.status}; {pods}")


def _is_of_api_server(answer: Answer) -> bool:
    """Tell the API server's own refusal from the answer of the Service."""
    if answer.status < 400:
        return False
    try:
        document: Any = json.loads(answer.body)
    except ValueError:
        # The API server says so in plain text when it cannot connect.
        return answer.status in (502, 503, 504) and b"dial" in answer.body
    return isinstance(document, dict) and document.get("kind") == "Status"


def _ready_pods(api: ApiServer, target: Target) -> int:
    selector = urlencode({"labelSelector": f"kubernetes.io/service-name={target.name}"})
    place = f"/apis/discovery.k8s.io/v1/namespaces/{target.namespace}/endpointslices"
    return sum(
        # What is not told counts as ready (Kubernetes API, EndpointConditions).
        (endpoint.get("conditions") or {}).get("ready") is not False
        for piece in api.items(f"{place}?{selector}")
        for endpoint in piece.get("endpoints") or []
    )


def _proxy_path(target: Target) -> str:
    found = _SERVICE.match(target.path)
    assert found is not None
    port = found["port"] or ("443" if found["scheme"] == "https" else "80")
    service = quote(f"{found['scheme']}:{target.name}:{port}", safe="")
    place = f"/api/v1/namespaces/{target.namespace}/services"
    return f"{place}/{service}/proxy{found['path'] or '/'}"
