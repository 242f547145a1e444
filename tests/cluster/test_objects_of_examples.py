"""A real API server takes every Kubernetes object of every example, and real controllers run it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.cluster.life import live, objects
from tests.cluster.programs import NEWEST
from tests.cluster.sharing import folder_of_run, shared_control_plane

from stackwright.blueprint.load import environment_names
from stackwright.blueprint.reader import read
from stackwright.plan.graph import Plan
from stackwright.plan.make import plan_environment
from stackwright.report.bindings import kubernetes_kind
from stackwright.report.releases import RELEASE

EXAMPLES = Path(__file__).parents[2] / "examples"

BLUEPRINTS = {path.parent.name: path for path in sorted(EXAMPLES.glob("*/blueprint.yaml"))}

CASES = [
    (name, environment)
    for name, path in BLUEPRINTS.items()
    for environment in environment_names(read(path))
]

PRIVILEGED = {"monitoring-nodes"}
"""Namespaces, less the prefix of the environment, whose pods look at the nodes themselves."""

each = pytest.mark.parametrize(("name", "environment"), CASES, ids=map("-".join, CASES))


@each
def test_every_object_is_taken_runs_stays_the_same_and_leaves_nothing(
    name: str, environment: str, control_plane: ControlPlane
) -> None:
    live(control_plane, objects(planned(name, environment)))


@pytest.mark.slow
@each
def test_every_object_lives_on_the_newest_version_too(
    name: str, environment: str, newest: ControlPlane
) -> None:
    live(newest, objects(planned(name, environment)))


@each
def test_every_namespace_enforces_restricted_pods_save_one(name: str, environment: str) -> None:
    prefix = f"acme-ml-{environment}-"
    levels = {
        item["metadata"]["name"].removeprefix(prefix): item["metadata"]["labels"][
            "pod-security.kubernetes.io/enforce"
        ]
        for item in objects(planned(name, environment))
        if item["kind"] == "Namespace"
    }
    assert levels
    assert {key for key, level in levels.items() if level != "restricted"} <= PRIVILEGED


@each
def test_the_manifests_hold_every_object_of_the_plan(name: str, environment: str) -> None:
    plan = planned(name, environment)
    registered = [
        resource
        for _, resource in plan.resources()
        if kubernetes_kind(resource) and resource.type != RELEASE
    ]
    assert len(objects(plan)) == len(registered) > 20


@pytest.fixture(scope="session")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Return a control plane of the newest version of Kubernetes."""
    with shared_control_plane(folder_of_run(tmp_path_factory), NEWEST) as found:
        yield found


@cache
def planned(name: str, environment: str) -> Plan:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return plan_environment(BLUEPRINTS[name], environment)
