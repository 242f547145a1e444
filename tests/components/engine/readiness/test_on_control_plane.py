"""Readiness on a real control plane, whose fake nodes run pods."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.control_plane import CONTEXT, ControlPlane
from tests.cluster.definitions import install
from tests.cluster.objects import made
from tests.components.engine.readiness.test_wait import planned, resource
from tests.servers.process import eventually

from stackwright.cluster_access import KubeconfigContext
from stackwright.engine.api_server.client import ApiServer
from stackwright.engine.api_server.kubeconfig import read_connection
from stackwright.engine.readiness import Readiness, State, wait

WITHIN = 120.0


@pytest.fixture(scope="module")
def api(control_plane: ControlPlane) -> ApiServer:
    control_plane.run_pods()
    access = KubeconfigContext(context=CONTEXT, kubeconfig=control_plane.kubeconfig)
    return ApiServer(read_connection(access))


@pytest.fixture(scope="module")
def namespace(control_plane: ControlPlane) -> Iterator[str]:
    name = f"readiness-{uuid.uuid4().hex[:8]}"
    item = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    with made(control_plane.client, [item]):
        path = f"/api/v1/namespaces/{name}/serviceaccounts/default"
        eventually(lambda: control_plane.client.request("GET", path).succeeded, "no account")
        yield name


def workload(kind: str, namespace: str, name: str, **container: Any) -> dict[str, Any]:
    labels = {"app": name}
    pod: dict[str, Any] = {"containers": [{"name": "app", "image": "a:1", **container}]}
    spec: dict[str, Any] = {"template": {"metadata": {"labels": labels}, "spec": pod}}
    if kind == "Job":
        pod["restartPolicy"] = "Never"
    else:
        spec["selector"] = {"matchLabels": labels}
        spec["replicas"] = 2
    version = "batch/v1" if kind == "Job" else "apps/v1"
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def watched(
    control_plane: ControlPlane,
    api: ApiServer,
    items: list[dict[str, Any]],
    *,
    timeout: float = WITHIN,
    **urls: str,
) -> tuple[Readiness, ...]:
    layer = planned(
        *(
            resource(f"kubernetes:{item['apiVersion']}:{item['kind']}", item)
            for item in items
            if item["kind"] != "Service"
        ),
        **urls,
    )
    with made(control_plane.client, items) as found:
        assert found.complaints == []
        return wait(layer, api, timeout=timeout, every=0.2)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "Job"])
def test_a_workload_becomes_ready(
    kind: str, control_plane: ControlPlane, api: ApiServer, namespace: str
) -> None:
    (found,) = watched(control_plane, api, [workload(kind, namespace, "ready")])
    assert (found.state, found.target.namespace) == (State.READY, namespace), found.reason


def test_a_pod_that_no_node_takes_is_told(
    control_plane: ControlPlane, api: ApiServer, namespace: str
) -> None:
    item = workload("Deployment", namespace, "big", resources={"requests": {"cpu": "9999"}})
    (found,) = watched(control_plane, api, [item], timeout=5)
    assert found.state is State.WAITING
    assert "no node fits: " in found.reason
    assert "Insufficient cpu" in found.reason


def test_an_endpoint_has_pods_behind_it_as_soon_as_these_are_ready(
    control_plane: ControlPlane, api: ApiServer, namespace: str
) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "server", "namespace": namespace},
        "spec": {"selector": {"app": "behind"}, "ports": [{"port": 5000}]},
    }
    items = [service, workload("Deployment", namespace, "behind")]
    url = f"http://server.{namespace}.svc:5000"
    _, found = watched(control_plane, api, items, uri=url)
    # Nobody listens in the pods of fake nodes, so what is said of the answer is not looked at.
    assert (found.state, " ready behind it" in found.reason) == (State.READY, True)


def test_a_custom_resource_without_its_controller_waits_and_says_so(
    control_plane: ControlPlane, api: ApiServer, namespace: str
) -> None:
    metadata = {"name": "authority", "namespace": namespace}
    issuer = {"name": "root", "kind": "ClusterIssuer"}
    certificate = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": metadata,
        "spec": {"secretName": "authority", "dnsNames": ["a"], "issuerRef": issuer},
    }
    install(control_plane.client, [certificate])
    (found,) = watched(control_plane, api, [certificate], timeout=0)
    assert (found.state, found.reason) == (
        State.WAITING,
        "its controller has said nothing of it yet",
    )


def test_a_workload_that_nobody_made_has_failed(
    api: ApiServer, namespace: str, tmp_path: Path
) -> None:
    item = workload("Deployment", namespace, "never-made")
    (found,) = wait(planned(resource("kubernetes:apps/v1:Deployment", item)), api, timeout=0)
    assert (found.state, found.reason) == (State.FAILED, "it is not in the cluster")
