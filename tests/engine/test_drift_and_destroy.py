"""Drift and destruction on the real engine: what is told is so, and what is foretold happens.

AWS is a stand-in of ours. Kubernetes is the real provider on a real control plane where both are
here, and a stand-in of ours in the test that says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cluster.client import Client
from tests.cluster.control_plane import control_plane
from tests.cluster.programs import DEFAULT, programs
from tests.engine.charts import chart_repository
from tests.engine.providers import control_file, stand_in
from tests.engine.real_cluster import RealCluster, install_plugin, require_kubernetes_plugin
from tests.engine.real_engine import Engine, require_pulumi
from tests.engine.stand_in.control import Control, Drift, Fault
from tests.engine.workspace import copy_example

pytestmark = pytest.mark.slow

PROGRAM = """\
import pulumi
import pulumi_kubernetes as kubernetes

cluster = kubernetes.Provider("cluster", context="cluster-of-the-test")
here = pulumi.ResourceOptions(provider=cluster)
home = kubernetes.core.v1.Namespace("home", metadata={"name": "home"}, opts=here)
inside = pulumi.ResourceOptions(provider=cluster, depends_on=[home])


def config(name: str) -> None:
    metadata = {"name": name, "namespace": "home"}
    kubernetes.core.v1.ConfigMap(name, metadata=metadata, data={"set": "one"}, opts=inside)


config("edited")
config("gone")
kubernetes.core.v1.Secret(
    "login",
    metadata={"name": "login", "namespace": "home"},
    string_data={"password": "canary-before"},
    opts=inside,
)
"""


@dataclass(frozen=True)
class Platform:
    """A folder with a blueprint, and the engine that it is deployed with."""

    folder: Path
    engine: Engine
    environment: str

    def stackwright(self, *words: str) -> tuple[int, str, str]:
        """Run our command; return its exit code, answer and messages."""
        program = str(Path(sys.executable).with_name("stackwright"))
        command = [program, *words, "-e", self.environment]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.engine.environment(), "AWS_EC2_METADATA_DISABLED": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def deploy(self) -> None:
        for project in self.projects:
            self.engine.run(project, "stack", "init", self.environment)
            self.engine.run(project, "up", "--yes", "--skip-preview")

    @property
    def projects(self) -> list[Path]:
        return sorted(path.parent for path in self.folder.glob("stacks/*/Pulumi.yaml"))

    def states(self) -> list[str]:
        """Return the state of each layer as the engine exports it, byte by byte."""
        return [
            self.engine.run(project, "stack", "export", "--stack", self.environment)
            for project in self.projects
        ]

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return what is left, without providers and components, by URN."""
        return {
            one["urn"]: one
            for state in self.states()
            for one in json.loads(state)["deployment"].get("resources") or []
            if one.get("custom")
            and not one.get("external")
            and not one["type"].startswith("pulumi:")
        }


def names(urns: Mapping[str, Any]) -> set[str]:
    return {urn.split("::")[-1] for urn in urns}


def test_the_life_of_a_platform_with_a_stand_in_for_kubernetes(tmp_path: Path) -> None:
    program = require_pulumi()
    with chart_repository() as charts, ExitStack() as scope:
        ports = {
            name: scope.enter_context(stand_in(name, tmp_path)) for name in ("aws", "kubernetes")
        }
        folder = tmp_path / "platform"
        folder.mkdir()
        copy_example("aws-production", folder, charts.url)
        platform = Platform(folder, Engine(program, tmp_path / "engine", ports), "dev")
        platform.deploy()
        drift_is_told_and_changes_nothing(platform, control_file(tmp_path, "aws"))
        control_file(tmp_path, "aws").unlink()
        only_data_is_kept(platform)
        everything_goes(platform)


def drift_is_told_and_changes_nothing(platform: Platform, control: Path) -> None:
    assert platform.stackwright("drift")[0] == 0
    suspended = {"versioningConfiguration": {"status": "Suspended"}}
    drifts = [
        Drift("*::storage-data-versioning", suspended),
        Drift("*::network-flow-log", gone=True),
    ]
    Control(drifts=drifts).write(control)
    before = platform.states()
    code, answer, said = platform.stackwright("drift", "--format", "json")
    assert (code, platform.states()) == (3, before), said
    foundation, other = json.loads(answer)["layers"]
    assert other["drifted"] == []
    found = {item["name"]: item for item in foundation["drifted"]}
    assert (found["network-flow-log"]["gone"], found["network-flow-log"]["fate"]) == (
        True,
        "reverted",
    )
    (changed,) = found["storage-data-versioning"]["properties"]
    assert (changed["path"], changed["fate"]) == ("versioningConfiguration", "reverted")
    assert "Suspended" in changed["now"]
    Control(faults=[Fault("Read", "*::storage-data-versioning", times=None)]).write(control)
    code, answer, _ = platform.stackwright("drift", "--format", "json")
    foundation = json.loads(answer)["layers"][0]
    assert (code, foundation["drifted"]) == (1, [])
    assert "storage-data-versioning" in foundation["failure"]
    assert "storage-data-versioning" in names(dict.fromkeys(foundation["unread"]))
    assert platform.states() == before


def only_data_is_kept(platform: Platform) -> None:
    before = platform.resources()
    code, _, said = platform.stackwright("destroy", "--keep-data", "--yes")
    assert code == 0, said
    left = platform.resources()
    protected = {urn for urn, one in before.items() if one.get("protect")}
    assert protected <= left.keys()
    assert {"storage-data", "storage-data-public-access", "database"} <= names(left)
    assert "cluster-pool-general" not in names(left)
    code, _, said = platform.stackwright("destroy", "--keep-data", "--yes")
    assert (code, platform.resources().keys()) == (0, left.keys()), said


def everything_goes(platform: Platform) -> None:
    left = platform.resources()
    code, _, said = platform.stackwright("destroy")
    assert (code, platform.resources().keys()) == (2, left.keys()), said
    code, answer, said = platform.stackwright("destroy", "--confirm", "dev", "--format", "json")
    assert code == 0, said
    forecast = json.loads(answer.splitlines()[-1])["answer"]["forecast"]
    foretold = {fact["text"] for layer in forecast["layers"] for fact in layer["deleted"]}
    assert foretold == left.keys()
    assert platform.resources() == {}


def test_drift_in_a_real_cluster_is_told(tmp_path: Path) -> None:
    program, plugin, built = require_pulumi(), require_kubernetes_plugin(), programs(DEFAULT)
    install_plugin(plugin, tmp_path / "engine" / "home")
    where = tmp_path / "control-plane"
    where.mkdir()
    folder = tmp_path / "platform"
    folder.mkdir()
    with control_plane(where, built) as found:
        cluster = RealCluster(found, tmp_path)
        copy_example("existing-cluster", folder, "http://127.0.0.1:9")
        (folder / "stacks" / "platform" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        engine = Engine(program, tmp_path / "engine", {}, cluster.variables())
        platform = Platform(folder, engine, "prod")
        platform.deploy()
        code, answer, said = platform.stackwright("drift")
        assert code == 0, answer + said
        edit_by_hand(found.client)
        before = platform.states()
        code, answer, said = platform.stackwright("drift", "--format", "json")
        assert (code, platform.states()) == (3, before), said
        assert "canary" not in answer + said
        drifted = {item["name"]: item for item in json.loads(answer)["layers"][0]["drifted"]}
        assert drifted.keys() == {"edited", "gone", "login"}
        assert drifted["gone"]["gone"]
        (one,) = drifted["edited"]["properties"]
        assert (one["path"], one["was"], one["now"]) == ("data.set", '"one"', '"two"')
        assert {item["fate"] for item in drifted.values()} == {"reverted"}
    code, answer, _ = platform.stackwright("drift", "--format", "json")
    (layer,) = json.loads(answer)["layers"]
    assert (code, layer["drifted"], layer["compared"]) == (1, [], 0)
    assert names(dict.fromkeys(layer["unread"])) == {"home", "edited", "gone", "login"}


def edit_by_hand(client: Client) -> None:
    where = {"apiVersion": "v1", "kind": "ConfigMap"}
    metadata = {"namespace": "home"}
    edited = {**where, "metadata": {**metadata, "name": "edited"}, "data": {"set": "two"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {**metadata, "name": "login"}}
    assert client.apply(edited).succeeded
    assert client.apply({**secret, "stringData": {"password": "canary-after"}}).succeeded
    assert client.delete({**where, "metadata": {**metadata, "name": "gone"}}).succeeded


def test_a_platform_in_a_real_cluster_is_destroyed_as_foretold(tmp_path: Path) -> None:
    program, plugin, built = require_pulumi(), require_kubernetes_plugin(), programs(DEFAULT)
    install_plugin(plugin, tmp_path / "engine" / "home")
    where = tmp_path / "control-plane"
    where.mkdir()
    folder = tmp_path / "platform"
    folder.mkdir()
    with control_plane(where, built) as found:
        found.run_pods()
        cluster = RealCluster(found, tmp_path)
        copy_example("existing-cluster", folder, "http://127.0.0.1:9")
        (folder / "stacks" / "platform" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        engine = Engine(program, tmp_path / "engine", {}, cluster.variables())
        platform = Platform(folder, engine, "prod")
        platform.deploy()
        claim = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "disk", "namespace": "home"},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}},
            },
        }
        assert found.client.create(claim).succeeded
        code, _, said = platform.stackwright("destroy", "--keep-data", "--yes")
        assert code == 0, said
        assert names(platform.resources()) == {"home"}
        assert found.client.read(claim).succeeded
        code, _, said = platform.stackwright("destroy", "--confirm", "prod")
        assert code == 0, said
        assert platform.resources() == {}
        assert found.client.read(claim).status == 404
