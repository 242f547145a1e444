"""The control plane of the tests refuses, warns, admits and runs as a real cluster does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cluster.client import Client
from tests.cluster.control_plane import ControlPlane
from tests.cluster.objects import WITHIN, changed_by_applying_again, left_in, made, unready
from tests.servers.process import eventually


@pytest.fixture(scope="module")
def client(control_plane: ControlPlane) -> Client:
    return control_plane.client


@pytest.fixture(scope="module")
def namespace(control_plane: ControlPlane) -> Iterator[str]:
    """Return a namespace for restricted pods that is removed with all that is in it."""
    control_plane.run_pods()
    name = f"test-{uuid.uuid4().hex[:12]}"
    level = {"pod-security.kubernetes.io/enforce": "restricted"}
    item = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": level}}
    with made(control_plane.client, [item]) as found:
        path = f"/api/v1/namespaces/{name}/serviceaccounts/default"
        eventually(lambda: control_plane.client.request("GET", path).succeeded, "no account")
        yield name
    assert found.left == []


def pod_spec(*, image: str = "registry.example.com/a:1", **more: Any) -> dict[str, Any]:
    safe = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "a", "image": image, "securityContext": safe, **more}],
    }


def item(kind: str, namespace: str, spec: dict[str, Any], name: str = "a") -> dict[str, Any]:
    version = {"Pod": "v1", "Job": "batch/v1"}.get(kind, "apps/v1")
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def replicated(kind: str, namespace: str, pod: dict[str, Any], **more: Any) -> dict[str, Any]:
    labels = {"app": "a"}
    template = {"metadata": {"labels": labels}, "spec": pod}
    selector = {"matchLabels": labels}
    return item(
        kind, namespace, {"replicas": 2, "selector": selector, "template": template, **more}
    )


def test_a_misspelt_field_is_refused(client: Client, namespace: str) -> None:
    answer = client.create(item("Pod", namespace, {**pod_spec(), "nodeNam": "a"}))
    assert (answer.status, 'unknown field "spec.nodeNam"' in answer.message) == (400, True)


def test_a_pod_that_may_be_root_is_refused_where_pods_are_restricted(
    client: Client, namespace: str
) -> None:
    answer = client.create(item("Pod", namespace, {"containers": [{"name": "a", "image": "a"}]}))
    assert (answer.status, 'violates PodSecurity "restricted' in answer.message) == (403, True)


@pytest.mark.parametrize(
    ("field", "other"), [("reclaimPolicy", "Delete"), ("volumeBindingMode", "Immediate")]
)
def test_a_storage_class_that_is_there_is_never_changed(
    client: Client, namespace: str, field: str, other: str
) -> None:
    there = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": f"{namespace}-{field.lower()}"},
        "provisioner": "ebs.csi.aws.com",
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    assert client.apply(there).succeeded
    answer = client.apply({**there, field: other})
    assert client.delete(there).succeeded
    assert (answer.status, "Forbidden" in answer.message or "immutable" in answer.message) == (
        422,
        True,
    )


def test_a_warning_is_heard(client: Client, namespace: str) -> None:
    wanted = item("Pod", namespace, pod_spec(), name="a.b")
    with made(client, [wanted]) as found:
        assert client.read(wanted).succeeded
        assert ["a DNS label is recommended" in text for text in found.complaints] == [True]


def test_pods_with_accelerators_and_claims_become_ready(client: Client, namespace: str) -> None:
    accelerated = pod_spec(resources={"limits": {"nvidia.com/gpu": 8}})
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    mounting = pod_spec(volumeMounts=[{"name": "data", "mountPath": "/data"}])
    wanted = [
        replicated("Deployment", namespace, accelerated),
        replicated(
            "StatefulSet",
            namespace,
            mounting,
            serviceName="a",
            volumeClaimTemplates=[claim],
            persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete"},
        ),
    ]
    with made(client, wanted) as found:
        assert found.complaints == []
        eventually(lambda: not unready(client, wanted), "the pods are not ready", WITHIN)
        assert sorted(volumes_of(client, namespace)) == ["data-a-0", "data-a-1"]
    eventually(lambda: volumes_of(client, namespace) == [], "a volume is left", WITHIN)


def test_a_job_completes(client: Client, namespace: str) -> None:
    pod = {**pod_spec(), "restartPolicy": "Never"}
    wanted = [item("Job", namespace, {"completions": 2, "template": {"spec": pod}})]
    with made(client, wanted) as found:
        assert found.complaints == []
        eventually(lambda: not unready(client, wanted), "the job is not complete", WITHIN)


def test_an_image_that_is_never_ready_keeps_its_deployment_waiting(
    client: Client, namespace: str
) -> None:
    pod = pod_spec(image="registry.example.com/never-ready:1")
    wanted = replicated("Deployment", namespace, pod)
    pods = f"/api/v1/namespaces/{namespace}/pods"
    with made(client, [wanted]):
        eventually(lambda: phases(client, pods) == ["Running"] * 2, "the pods do not run", WITHIN)
        assert len(unready(client, [wanted])) == 3


def test_an_object_that_each_apply_changes_is_found(client: Client, namespace: str) -> None:
    # The API server drops the empty labels.
    spec = {"podSelector": {"matchLabels": {}}, "policyTypes": ["Egress"]}
    metadata = {"name": "a", "namespace": namespace}
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    wanted = {**kind, "metadata": metadata, "spec": spec}
    with made(client, [wanted]) as found:
        assert found.complaints == []
        assert len(changed_by_applying_again(client, [wanted])) == 2
        assert changed_by_applying_again(client, [{**wanted, "spec": {"podSelector": {}}}]) == []


def test_what_is_left_in_a_namespace_is_found(client: Client, namespace: str) -> None:
    metadata = {"name": "forgotten", "namespace": namespace}
    with made(client, [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}]):
        assert left_in(client, [namespace]) == [f"ConfigMap {namespace}/forgotten"]
    assert left_in(client, [namespace]) == []


def volumes_of(client: Client, namespace: str) -> list[str]:
    volumes = client.items("/api/v1/persistentvolumes")
    claims = [volume["spec"]["claimRef"] for volume in volumes]
    return [claim["name"] for claim in claims if claim["namespace"] == namespace]


def phases(client: Client, path: str) -> list[str]:
    return [pod["status"]["phase"] for pod in client.items(path)]
