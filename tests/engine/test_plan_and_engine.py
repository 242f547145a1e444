"""A plan is what a real `pulumi up` makes on an empty state: every resource, input and option.

AWS is a stand-in of ours. Kubernetes is the real provider on a real control plane where both are
here, and a stand-in of ours in the tests that say so.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.client import Client
from tests.cluster.control_plane import control_plane
from tests.cluster.definitions import install
from tests.cluster.programs import DEFAULT, programs
from tests.engine.charts import HOOK, Chart, ChartRepository, chart_repository
from tests.engine.comparison.plans import Deployed, compare
from tests.engine.comparison.report import Report
from tests.engine.comparison.resources import RELEASE
from tests.engine.operators import operators
from tests.engine.providers import control_file, stand_in
from tests.engine.real_cluster import RealCluster, install_plugin, require_kubernetes_plugin
from tests.engine.real_engine import Engine, deploy, require_pulumi
from tests.engine.recording import deploy_sample
from tests.engine.sampling import sample_plan
from tests.engine.workspace import copy_example, environments

from stackwright.plan.graph import Plan

pytestmark = pytest.mark.slow

MOST_UNCOMPARED = 0.05
"""Share of the inputs that a plan may leave open, as unknown or secret."""

each_environment = pytest.mark.parametrize(
    ("example", "environment"), environments(), ids=map("-".join, environments())
)


@each_environment
def test_the_plan_is_what_the_engine_makes_with_a_stand_in_for_kubernetes(
    example: str, environment: str, tmp_path: Path
) -> None:
    require_pulumi()
    with chart_repository() as charts, stand_ins(tmp_path) as ports:
        blueprint = copy_example(example, folder(tmp_path, "platform"), charts.url)
        plan = planned(blueprint, environment, charts)
        engine = Engine(require_pulumi(), tmp_path / "engine", ports)
        deployed = deploy_layers(engine, blueprint.parent, plan)
    judge(compare(plan, deployed))


@each_environment
def test_the_plan_is_what_the_engine_makes_on_a_real_control_plane(
    example: str, environment: str, tmp_path: Path
) -> None:
    program, plugin, built = require_pulumi(), require_kubernetes_plugin(), programs(DEFAULT)
    install_plugin(plugin, tmp_path / "engine" / "home")
    with (
        control_plane(folder(tmp_path, "control-plane"), built) as found,
        chart_repository() as charts,
        stand_in("aws", tmp_path) as port,
    ):
        found.run_pods()
        cluster = RealCluster(found, tmp_path)
        cluster.outputs().write(control_file(tmp_path, "aws"))
        blueprint = copy_example(example, folder(tmp_path, "platform"), charts.url)
        plan = planned(blueprint, environment, charts)
        install(found.client, in_the_cluster(plan))
        engine = Engine(program, tmp_path / "engine", {"aws": port}, cluster.variables())
        with operators(found.client, in_the_cluster(plan)):
            deployed = deploy_layers(engine, blueprint.parent, plan)
        assert hooks_that_ran(found.client) == sorted(item["name"] for item in releases(plan))
    judge(compare(plan, deployed))


def test_the_plan_of_a_program_with_every_option_is_what_the_engine_makes(tmp_path: Path) -> None:
    require_pulumi()
    report = compare(sample_plan(), deploy_sample(tmp_path))
    assert report.differences == []


def judge(report: Report) -> None:
    sys.stdout.write(f"{report.summary()}\n")
    assert "\n".join(map(str, report.differences)) == ""
    assert report.uncompared_share <= MOST_UNCOMPARED, report.summary()


def folder(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made


def in_the_cluster(plan: Plan) -> list[Mapping[str, Any]]:
    """Return the objects of a plan whose kinds the API server must serve."""
    return [
        resource.inputs
        for _, resource in plan.resources()
        if resource.type.startswith("kubernetes:") and resource.type != RELEASE
    ]


@contextmanager
def stand_ins(where: Path) -> Iterator[Mapping[str, int]]:
    """Serve both packages; yield their ports."""
    with ExitStack() as scope:
        yield {name: scope.enter_context(stand_in(name, where)) for name in ("aws", "kubernetes")}


def planned(blueprint: Path, environment: str, charts: ChartRepository) -> Plan:
    """Return the plan as the command writes it; its charts are served from then on."""
    path = blueprint.with_name("plan.json")
    command: list[str | Path] = [Path(sys.executable).with_name("stackwright"), "plan"]
    command += ["-f", blueprint, "-e", environment, "--format", "json", "-o", path]
    subprocess.run(command, check=True, capture_output=True)
    plan = Plan.from_json(path.read_text(encoding="utf-8"))
    charts.add(Chart(item["chart"], item["version"]) for item in releases(plan))
    return plan


def releases(plan: Plan) -> list[Mapping[str, Any]]:
    """Return the inputs of every Helm release."""
    return [item.inputs for _, item in plan.resources() if item.type == RELEASE]


def hooks_that_ran(client: Client) -> list[str]:
    """Return the names of the releases whose hook left its object, sorted."""
    names = [item["metadata"]["name"] for item in client.items("/api/v1/configmaps")]
    return sorted(name.removesuffix(HOOK) for name in names if name.endswith(HOOK))


def deploy_layers(engine: Engine, platform: Path, plan: Plan) -> dict[str, Deployed]:
    """Deploy each layer of the plan; a second preview of each changes nothing."""
    deployed: dict[str, Deployed] = {}
    for layer in plan.layers:
        project = platform / "stacks" / layer.name
        deployed[layer.name] = deploy(engine, project, plan.environment)
        engine.run(project, "preview", "--expect-no-changes")
    return deployed
