from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.engine.readiness.judge import judge, says_how_far
from stackwright.engine.readiness.state import State, Verdict


def judged(kind: str, spec: Any = None, status: Any = None, generation: int = 1) -> Verdict:
    seen = {"observedGeneration": generation, **(status or {})}
    return judge(kind, {"metadata": {"generation": generation}, "spec": spec, "status": seen})


def condition(kind: str, status: str = "True", **more: Any) -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": status, **more}]}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "state", "reason"),
    [
        (
            "Deployment",
            {"replicas": 2},
            {"updatedReplicas": 2, "availableReplicas": 2},
            State.READY,
            "2 of 2 pods are ready",
        ),
        (
            "Deployment",
            {},
            {"updatedReplicas": 1, "availableReplicas": 0},
            State.WAITING,
            "0 of 1 pods are ready",
        ),
        (
            "Deployment",
            {"replicas": 2},
            {"updatedReplicas": 1, "availableReplicas": 2},
            State.WAITING,
            "1 of 2 pods are of the new version",
        ),
        ("Deployment", {"replicas": 0}, {}, State.READY, "0 of 0 pods are ready"),
        (
            "Deployment",
            {},
            condition(
                "Progressing", "False", reason="ProgressDeadlineExceeded", message="timed out."
            ),
            State.FAILED,
            "timed out",
        ),
        (
            "Deployment",
            {},
            condition("ReplicaFailure", message='violates PodSecurity "restricted"'),
            State.WAITING,
            'violates PodSecurity "restricted"',
        ),
        (
            "StatefulSet",
            {"replicas": 3},
            {"readyReplicas": 2, "currentRevision": "a", "updateRevision": "a"},
            State.WAITING,
            "2 of 3 pods are ready",
        ),
        (
            "StatefulSet",
            {"replicas": 1},
            {
                "readyReplicas": 1,
                "updatedReplicas": 0,
                "currentRevision": "a",
                "updateRevision": "b",
            },
            State.WAITING,
            "0 of 1 pods are of the new version",
        ),
        (
            "DaemonSet",
            {},
            {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3},
            State.READY,
            "3 of 3 pods are ready",
        ),
        ("DaemonSet", {}, {"desiredNumberScheduled": 0}, State.READY, "0 of 0 pods are ready"),
        ("Job", {}, condition("Complete"), State.READY, "it is done"),
        (
            "Job",
            {},
            condition("Failed", message="Job has reached the specified backoff limit"),
            State.FAILED,
            "Job has reached the specified backoff limit",
        ),
        ("Job", {}, {"failed": 2}, State.WAITING, "it runs, after 2 failures"),
        ("Job", {}, {}, State.WAITING, "it runs"),
        ("Certificate", {}, condition("Ready"), State.READY, "it is ready"),
        (
            "Certificate",
            {},
            condition("Ready", "False", message="no issuer\n  is there."),
            State.WAITING,
            "no issuer is there",
        ),
        ("Certificate", {}, condition("Ready", "Unknown"), State.WAITING, "it is not ready"),
        ("Database", {}, {"applied": True}, State.READY, "it is applied"),
        (
            "Database",
            {},
            {"applied": False, "message": "no such owner"},
            State.WAITING,
            "no such owner",
        ),
        (
            "Certificate",
            {},
            {},
            State.WAITING,
            "its controller has said nothing of it yet",
        ),
    ],
)
def test_an_object_is_judged_by_what_it_says_of_itself(
    kind: str, spec: Any, status: Any, state: State, reason: str
) -> None:
    assert judged(kind, spec, status) == Verdict(state, reason)


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_the_state_of_an_earlier_version_is_not_taken_for_that_of_this_one(kind: str) -> None:
    status = {
        "observedGeneration": 1,
        "updatedReplicas": 1,
        "availableReplicas": 1,
        "readyReplicas": 1,
    }
    found = judge(kind, {"metadata": {"generation": 2}, "spec": {}, "status": status})
    assert found == Verdict(State.WAITING, "its controller has not seen the change yet")


def test_a_condition_of_an_earlier_version_is_not_taken_for_that_of_this_one() -> None:
    status = condition("Ready", observedGeneration=1)
    found = judge("Certificate", {"metadata": {"generation": 2}, "status": status})
    assert found.state is State.WAITING


def test_an_object_that_was_just_made_waits() -> None:
    assert judge("Deployment", {"metadata": {"generation": 1}}).state is State.WAITING
    assert judge("Certificate", {"metadata": {}, "status": None}).state is State.WAITING


def definition(status: Any) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"properties": {"spec": {}, **status}}}
    return {"spec": {"versions": [{"name": "v1", "schema": schema}, {"name": "v2"}]}}


@pytest.mark.parametrize(
    ("status", "version", "said"),
    [
        ({"status": {"properties": {"conditions": {}}}}, "v1", True),
        ({"status": {"properties": {"applied": {}}}}, "v1", True),
        ({"status": {"properties": {"phase": {}}}}, "v1", False),
        ({"status": {}}, "v1", False),
        ({}, "v1", False),
        ({"status": {"properties": {"conditions": {}}}}, "v2", False),
        ({"status": {"properties": {"conditions": {}}}}, "v3", False),
    ],
)
def test_a_definition_tells_whether_its_objects_say_how_far_they_are(
    status: Any, version: str, said: bool
) -> None:
    assert says_how_far(definition(status), version) is said


COUNTS = st.integers(0, 5)


@given(wanted=COUNTS, updated=COUNTS, available=COUNTS)
def test_a_deployment_is_ready_exactly_when_all_pods_are_new_and_available(
    wanted: int, updated: int, available: int
) -> None:
    status = {"updatedReplicas": updated, "availableReplicas": available}
    ready = judged("Deployment", {"replicas": wanted}, status).state is State.READY
    assert ready == (updated >= wanted and available >= wanted)
