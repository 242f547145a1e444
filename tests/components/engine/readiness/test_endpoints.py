from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.components.engine.fake_server import Reply, refusal
from tests.components.engine.readiness.test_wait import NAMESPACE, planned, watched

from stackwright.engine.api_server import client
from stackwright.engine.readiness import State
from stackwright.plan.graph import symbol

SLICES = "/apis/discovery.k8s.io/v1/namespaces/n/endpointslices"
PROXY = "/api/v1/namespaces/n/services/http%3Aserver%3A5000/proxy/"
URL = "http://server.n.svc:5000"


def slices(*ready: bool | None) -> dict[str, Any]:
    return {"items": [{"endpoints": [{"conditions": {"ready": one}} for one in ready]}]}


@pytest.mark.parametrize(
    ("replies", "state", "reason"),
    [
        (
            {SLICES: slices(True, False, None), PROXY: Reply(200, b"ok")},
            State.READY,
            "it answers 200; 2 pods are ready behind it",
        ),
        (
            {SLICES: slices(True), PROXY: Reply(404, b"no page")},
            State.READY,
            "it answers 404; 1 pod is ready behind it",
        ),
        ({SLICES: slices(False)}, State.WAITING, "no pod is ready behind it"),
        ({SLICES: {"items": []}}, State.WAITING, "no pod is ready behind it"),
        ({SLICES: slices(True), PROXY: Reply(500, b"oops")}, State.WAITING, "it answers 500"),
        (
            {SLICES: slices(True), PROXY: refusal(503, "no endpoints")},
            State.READY,
            "1 pod is ready behind it; whether they answer was not seen, since the API server is"
            " kept out of the namespace",
        ),
        (
            {SLICES: slices(True), PROXY: Reply(502, b"error trying to reach: dial tcp: timeout")},
            State.READY,
            "1 pod is ready behind it; whether they answer was not seen, since the API server is"
            " kept out of the namespace",
        ),
        (
            {SLICES: slices(True), PROXY: refusal(403, "cannot get services/proxy")},
            State.READY,
            "1 pod is ready behind it; you may not ask them through the API server",
        ),
    ],
)
def test_an_endpoint_is_asked_through_a_fake_api_server(
    replies: Mapping[str, Any], state: State, reason: str
) -> None:
    found, _, _ = watched(planned(uri=URL), replies)
    assert found == [(state, reason)]


def test_an_endpoint_that_hangs_behind_a_fake_api_server_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "READ_WITHIN", 0.2)
    replies = {SLICES: slices(True), PROXY: Reply(hang=True)}
    found, _, server = watched(planned(uri=URL), replies)
    assert found[0][0] is State.READY
    assert "was not seen" in found[0][1]
    assert server.paths().count(PROXY) == 1


def test_only_urls_of_services_of_the_cluster_are_endpoints() -> None:
    layer = planned(
        artifact_root="s3://acme/runs",
        url="https://mlflow.example.com",
        label="kube-prometheus-stack",
        prometheus_url=symbol(NAMESPACE, "x"),
    )
    assert watched(layer, {})[0] == []
