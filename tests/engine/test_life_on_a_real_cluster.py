"""The whole life of an environment: real engine, real Kubernetes provider, real API server.

Only the kubelet is not real, which says that pods run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.control_plane import ControlPlane, control_plane
from tests.cluster.programs import DEFAULT, programs
from tests.engine.real_cluster import RealCluster, install_plugin, require_kubernetes_plugin
from tests.engine.real_engine import Engine, require_pulumi
from tests.engine.workspace import CONTEXT

pytestmark = pytest.mark.slow

IMAGE = f"registry.acme.test/churn@sha256:{'a' * 64}"

NAMESPACE = "acme-prod-serving"

AUTOSCALERS = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers"


@dataclass(frozen=True)
class Environment:
    """An environment and the commands on it, as a person types them."""

    folder: Path
    cluster: ControlPlane
    engine: Engine

    def write(self, replicas: int, image: str = IMAGE) -> None:
        uid = self.found("/api/v1/namespaces/kube-system")["metadata"]["uid"]
        (self.folder / "blueprint.yaml").write_text(
            "apiVersion: stackwright/v1\n"
            "name: acme\n"
            "target: {kind: existing-cluster}\n"
            f"cluster: {{kind: existing, context: {CONTEXT}, uid: {uid}}}\n"
            f"serving: {{kind: deployment, image: '{image}', min_replicas: {replicas}}}\n"
            "environments: {prod: {}}\n",
            encoding="utf-8",
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `stackwright` in the folder of the blueprint."""
        return subprocess.run(
            [Path(sys.executable).with_name("stackwright"), *arguments],
            cwd=self.folder,
            env=self.engine.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def end_of(self, *arguments: str) -> dict[str, Any]:
        """Run a command for a script; return the last event."""
        done = self.run(*arguments, "--format", "json")
        end: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        assert end["kind"] == "end", done.stderr
        assert end["code"] == done.returncode
        return end

    def found(self, path: str) -> dict[str, Any]:
        """Return an object of the cluster."""
        answer = self.cluster.client.request("GET", path)
        assert answer.succeeded, answer.message
        found: dict[str, Any] = answer.body
        return found


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    program, plugin, built = require_pulumi(), require_kubernetes_plugin(), programs(DEFAULT)
    install_plugin(plugin, tmp_path / "engine" / "home")
    (tmp_path / "control-plane").mkdir()
    with control_plane(tmp_path / "control-plane", built) as found:
        found.run_pods()
        cluster = RealCluster(found, tmp_path)
        engine = Engine(program, tmp_path / "engine", variables=cluster.variables())
        folder = tmp_path / "platform"
        made = Environment(folder, found, engine)
        init = ("init", str(folder), "--preset", "starter", "--target", "existing-cluster")
        subprocess.run(
            [Path(sys.executable).with_name("stackwright"), *init, "--name", "acme"],
            check=True,
            capture_output=True,
        )
        made.write(replicas=2)
        yield made


def test_an_environment_is_deployed_drifts_is_brought_back_and_taken_away(
    environment: Environment,
) -> None:
    end = environment.end_of("up", "--yes")
    assert (end["result"], end["code"]) == ("succeeded", 0), end
    assert end["answer"]["wiring"]["tools"]["serving"]["namespace"] == NAMESPACE
    assert end["layers"]["platform"]["create"] >= 8

    assert environment.end_of("up", "--yes")["result"] == "unchanged"
    assert environment.run("drift").returncode == 0

    environment.write(replicas=3)
    preview = environment.run("preview")
    assert "spec.minReplicas" in preview.stdout
    assert environment.end_of("up", "--yes")["result"] == "succeeded"
    (autoscaler,) = environment.cluster.client.items(AUTOSCALERS)
    assert autoscaler["spec"]["minReplicas"] == 3

    path = f"{AUTOSCALERS}/{autoscaler['metadata']['name']}"
    by_hand = b'{"spec": {"minReplicas": 1}}'
    merge = "application/merge-patch+json"
    assert environment.cluster.client.request("PATCH", path, by_hand, content=merge).succeeded
    drift = environment.run("drift")
    assert drift.returncode == 3, drift.stderr
    assert "spec.minReplicas: 3 -> 1; `up` brings it back" in drift.stdout
    assert environment.end_of("up", "--yes", "--refresh")["result"] == "succeeded"
    assert environment.found(path)["spec"]["minReplicas"] == 3

    assert environment.cluster.client.request("DELETE", path).succeeded
    drift = environment.run("drift")
    assert drift.returncode == 3, drift.stderr
    assert "serving-autoscaler" in drift.stdout
    assert environment.end_of("up", "--yes", "--refresh")["result"] == "succeeded"
    assert environment.found(path)["spec"]["minReplicas"] == 3

    destroyed = environment.run("destroy", "--yes", "--confirm", "prod")
    assert destroyed.returncode == 0, destroyed.stderr
    assert environment.cluster.client.request("GET", path).status == 404


def test_a_workload_that_never_becomes_ready_is_named_with_its_reason(
    environment: Environment,
) -> None:
    environment.write(replicas=2, image=f"registry.acme.test/never-ready@sha256:{'a' * 64}")
    done = environment.run("up", "--yes", "--timeout", "1")
    assert done.returncode == 1
    assert "serving" in done.stderr
