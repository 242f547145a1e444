from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.components.engine.fake_server import FakeServer, Reply, by_path, fake_server, refusal

from stackwright.engine.api_server import client
from stackwright.engine.api_server.client import ApiServer
from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.api_server.kubeconfig import Connection
from stackwright.engine.readiness import Readiness, State, wait
from stackwright.plan.graph import Layer, Resource, symbol

DEPLOYMENT = "/apis/apps/v1/namespaces/n/deployments/server"
GROUP = "/apis/example.com/v1"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PODS = "/api/v1/namespaces/n/pods"
NAMESPACE = "urn:pulumi:prod::acme::kubernetes:core/v1:Namespace::n"


def resource(kind: str, inputs: Mapping[str, Any], name: str = "server") -> Resource:
    return Resource(
        urn=f"urn:pulumi:prod::acme::{kind}::{name}",
        type=kind,
        name=name,
        custom=True,
        inputs=inputs,
        tool="tracking",
    )


def planned(*resources: Resource, **urls: str) -> Layer:
    wiring = {"tools": {"tracking": urls}} if urls else {}
    return Layer(
        name="platform",
        project="acme",
        stack="prod",
        resources=resources,
        outputs={"wiring": wiring},
    )


SERVER = resource(
    "kubernetes:apps/v1:Deployment", {"metadata": {"name": "server", "namespace": "n"}}
)


def deployment(available: int = 1) -> dict[str, Any]:
    return {
        "metadata": {"name": "server", "namespace": "n", "generation": 1},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "server", "a": "b"}}},
        "status": {"observedGeneration": 1, "updatedReplicas": 1, "availableReplicas": available},
    }


def pods(*statuses: Mapping[str, Any]) -> dict[str, Any]:
    return {"items": [{"status": status} for status in statuses]}


def watched(
    layer: Layer, replies: Mapping[str, Any], *, timeout: float = 0.0
) -> tuple[list[tuple[State, str]], list[Readiness], FakeServer]:
    reported: list[Readiness] = []
    with fake_server(by_path(replies)) as server, ApiServer(Connection(server.url)) as api:
        found = wait(layer, api, timeout=timeout, report=reported.append, every=0.01)
        assert {question.method for question in server.questions} <= {"GET"}
    return [(one.state, one.reason) for one in found], reported, server


def test_a_workload_that_is_ready_is_told_at_once() -> None:
    found, reported, _ = watched(planned(SERVER), {DEPLOYMENT: deployment()})
    assert found == [(State.READY, "1 of 1 pods are ready")]
    assert [str(one.target) for one in reported] == ["Deployment n/server"]
    assert reported[0].target.tool == "tracking"


def test_a_workload_that_becomes_ready_is_waited_for_and_told_twice() -> None:
    replies = {DEPLOYMENT: [deployment(0), deployment(0), deployment()], PODS: pods()}
    found, reported, _ = watched(planned(SERVER), replies, timeout=30)
    assert found == [(State.READY, "1 of 1 pods are ready")]
    assert [one.state for one in reported] == [State.WAITING, State.READY]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (
            {
                "containerStatuses": [
                    {
                        "name": "app",
                        "state": {
                            "waiting": {"reason": "ImagePullBackOff", "message": "not found."}
                        },
                    }
                ]
            },
            "container app: ImagePullBackOff: not found",
        ),
        (
            {
                "containerStatuses": [
                    {
                        "name": "app",
                        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
                    }
                ]
            },
            "container app: it crashes again and again, last with exit code 137 (OOMKilled)",
        ),
        (
            {"initContainerStatuses": [{"name": "init", "state": {"terminated": {"exitCode": 1}}}]},
            "container init ended with 1",
        ),
        (
            {
                "conditions": [
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "message": "0/3 nodes are available.",
                    }
                ]
            },
            "no node fits: 0/3 nodes are available",
        ),
        (
            {
                "containerStatuses": [
                    {"name": "app", "state": {"waiting": {"reason": "ContainerCreating"}}}
                ]
            },
            "",
        ),
        ({}, ""),
    ],
)
def test_a_workload_that_waits_tells_what_its_pods_say(status: Any, why: str) -> None:
    replies = {DEPLOYMENT: deployment(0), PODS: pods(status, status)}
    found, _, server = watched(planned(SERVER), replies)
    said = f"0 of 1 pods are ready: {why}" if why else "0 of 1 pods are ready"
    assert found == [(State.WAITING, said)]
    assert f"{PODS}?labelSelector=a%3Db%2Capp%3Dserver" in server.paths()


def test_pods_that_a_fake_api_server_does_not_let_be_read_do_not_end_the_waiting() -> None:
    replies = {DEPLOYMENT: [deployment(0), deployment()], PODS: refusal(403)}
    found, reported, _ = watched(planned(SERVER), replies, timeout=30)
    assert found == [(State.READY, "1 of 1 pods are ready")]
    assert reported[0].reason == "0 of 1 pods are ready"


def test_a_workload_that_is_missing_has_failed() -> None:
    found, _, _ = watched(planned(SERVER), {})
    assert found == [(State.FAILED, "it is not in the cluster")]


def test_a_job_that_failed_ends_the_waiting_and_tells_what_its_pods_say() -> None:
    job = resource("kubernetes:batch/v1:Job", {"metadata": {"name": "login", "namespace": "n"}})
    object_ = {
        "metadata": {"name": "login", "namespace": "n"},
        "spec": {"selector": {"matchLabels": {"job": "login"}}},
        "status": {"conditions": [{"type": "Failed", "status": "True", "message": "Too often"}]},
    }
    ended = {"containerStatuses": [{"name": "psql", "state": {"terminated": {"exitCode": 2}}}]}
    replies = {"/apis/batch/v1/namespaces/n/jobs/login": object_, PODS: pods(ended)}
    found, _, _ = watched(planned(job), replies, timeout=3600)
    assert found == [(State.FAILED, "Too often: container psql ended with 2")]


def test_a_name_that_stands_for_another_input_is_looked_up() -> None:
    namespace = Resource(
        urn=NAMESPACE,
        type="kubernetes:core/v1:Namespace",
        name="n",
        custom=True,
        inputs={"metadata": {"name": "n"}},
    )
    metadata = {"name": "server", "namespace": symbol(NAMESPACE, "metadata.name")}
    server = resource("kubernetes:apps/v1:Deployment", {"metadata": metadata})
    found, _, _ = watched(planned(namespace, server), {DEPLOYMENT: deployment()})
    assert found == [(State.READY, "1 of 1 pods are ready")]


def test_the_workloads_of_a_release_are_found_in_the_cluster() -> None:
    release = resource("kubernetes:helm.sh/v3:Release", {"name": "chart", "namespace": "n"})
    ours, theirs = deployment(), deployment(0)
    ours["metadata"]["annotations"] = {"meta.helm.sh/release-name": "chart"}
    replies = {
        "/apis/apps/v1/namespaces/n/deployments": {"items": [ours, theirs]},
        "/apis/apps/v1/namespaces/n/statefulsets": {"items": []},
        "/apis/apps/v1/namespaces/n/daemonsets": {"items": []},
        DEPLOYMENT: ours,
    }
    found, _, _ = watched(planned(release), replies)
    assert found == [(State.READY, "1 of 1 pods are ready")]


def definition(*, conditions: bool) -> dict[str, Any]:
    status: Any = {"properties": {"conditions": {}} if conditions else {}}
    schema = {"openAPIV3Schema": {"properties": {"status": status}}}
    return {"spec": {"versions": [{"name": "v1", "schema": schema}]}}


def test_a_custom_resource_that_says_how_far_it_is_is_waited_for_and_others_are_not() -> None:
    metadata = {"metadata": {"name": "a", "namespace": "n"}}
    layer = planned(
        resource("kubernetes:example.com/v1:Thing", metadata, "a"),
        resource("kubernetes:example.com/v1:Whole", {"metadata": {"name": "b"}}, "b"),
        resource("kubernetes:example.com/v1:Rule", metadata, "c"),
        resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", metadata, "e"),
        resource("kubernetes:core/v1:ConfigMap", metadata, "f"),
        resource("aws:s3/bucket:Bucket", {}, "g"),
    )
    ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    kinds = {"things": "Thing", "things/status": "Thing", "wholes": "Whole", "rules": "Rule"}
    replies = {
        GROUP: {"resources": [{"name": name, "kind": kind} for name, kind in kinds.items()]},
        f"{DEFINITIONS}/things.example.com": definition(conditions=True),
        f"{DEFINITIONS}/wholes.example.com": definition(conditions=True),
        f"{DEFINITIONS}/rules.example.com": definition(conditions=False),
        f"{GROUP}/namespaces/n/things/a": ready,
        f"{GROUP}/wholes/b": ready,
    }
    found, reported, server = watched(layer, replies)
    assert found == [(State.READY, "it is ready")] * 2
    assert [str(one.target) for one in reported] == ["Thing n/a", "Whole b"]
    assert server.paths().count(GROUP) == 1


def test_a_custom_resource_that_the_cluster_does_not_know_has_failed() -> None:
    layer = planned(resource("kubernetes:example.com/v1:Thing", {"metadata": {"name": "a"}}))
    assert watched(layer, {})[0] == [(State.FAILED, "it is not in the cluster")]


def test_a_fake_api_server_that_is_away_for_a_moment_is_waited_for() -> None:
    away = [refusal(503)] * client.TRIES
    replies = {DEPLOYMENT: [*away, deployment()]}
    found, reported, _ = watched(planned(SERVER), replies, timeout=30)
    assert found == [(State.READY, "1 of 1 pods are ready")]
    assert "failed (503), at every try" in reported[0].reason


@pytest.mark.parametrize("status", [401, 403])
def test_what_a_fake_api_server_does_not_let_be_read_is_unknown_and_not_waited_for(
    status: int,
) -> None:
    found, _, _ = watched(planned(SERVER), {DEPLOYMENT: refusal(status)}, timeout=3600)
    assert found[0][0] is State.UNKNOWN


def test_a_web_page_in_place_of_an_api_server_is_unknown() -> None:
    found, _, _ = watched(planned(SERVER), {DEPLOYMENT: Reply(body=b"<html>")}, timeout=3600)
    assert found[0][0] is State.UNKNOWN


def test_a_cluster_that_does_not_tell_what_it_has_is_an_error() -> None:
    thing = resource("kubernetes:example.com/v1:Thing", {"metadata": {"name": "a"}})
    with pytest.raises(ApiFault) as caught:
        watched(planned(thing), {GROUP: refusal(403)}, timeout=3600)
    assert caught.value.fault is Fault.FORBIDDEN


def test_a_layer_with_nothing_to_wait_for_is_ready() -> None:
    assert watched(planned(), {})[0] == []
