"""`doctor` finds what stands in the way, each with one command. The engine is the stub."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.engine_stub.control import Effect, Fault, Program, Resource
from tests.engine_stub.points import Moment
from tests.engine_stub.stub import Stub, stub_engine

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.doctor import Finding, Health
from stackwright.engine.doctor.layer import secrets
from stackwright.engine.processes import kill_session
from stackwright.engine.workspace import LayerFolder
from stackwright_cli import main

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
cluster: {kind: existing, context: nowhere, uid: 8f1c9e63-2b7a-4c58-9d0e-5a4b3c2d1e0f}
storage: {kind: seaweedfs}
environments: {prod: {}}
"""

PROGRAM = Program((Resource("stub:index:Thing", "first"), Resource("stub:index:Thing", "second")))


@dataclass(frozen=True)
class Platform:
    """A platform of one layer on the stub engine, deployed once."""

    stub: Stub
    layer: Path

    def pulumi(self, *arguments: str) -> int:
        nowhere = subprocess.DEVNULL
        command = [str(self.stub.bin / "pulumi"), *arguments, "--stack", "prod"]
        with subprocess.Popen(
            command, cwd=self.layer, stdout=nowhere, stderr=nowhere, start_new_session=True
        ) as engine:
            try:
                return engine.wait(60)
            finally:
                kill_session(engine.pid)

    @property
    def state(self) -> Path:
        return self.layer / "state" / ".pulumi" / "stacks" / "acme-ml-platform" / "prod.json"


@pytest.fixture
def platform(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    stub = stub_engine(folder / "engine")
    stub.plan(PROGRAM)
    (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    layer = folder / "stacks" / "platform"
    (layer / "state").mkdir(parents=True)
    project = "name: acme-ml-platform\nruntime: python\nbackend:\n  url: file://./state\n"
    (layer / "Pulumi.yaml").write_text(project, encoding="utf-8")
    monkeypatch.setenv("PATH", os.pathsep.join([str(stub.bin), os.environ["PATH"]]))
    monkeypatch.setenv("KUBECONFIG", str(folder / "no-kubeconfig"))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "of the test")
    monkeypatch.setenv("PULUMI_HOME", str(folder / "home"))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    made = Platform(stub, layer)
    assert made.pulumi("stack", "init", "prod") == 0
    assert made.pulumi("up", "--yes", "--skip-preview") == 0
    return made


def findings(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """Run it and return what it found, by subject; the cluster of these tests is nowhere."""
    capsys.readouterr()
    assert main(["doctor", "-e", "prod", "--format", "json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert (answer["schema"], answer["healthy"]) == ("stackwright.doctor/v1", False)
    return {one["subject"]: one for one in answer["findings"]}


def test_what_is_fine_is_one_line_and_what_is_wrong_has_its_command_below(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "-e", "prod"]) == 3
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0].startswith("✓ engine: Pulumi 3.260.0")
    assert "✓ platform lock: nobody is at work." in lines
    assert "✓ platform secrets: the key to the secrets in the state fits." in lines
    assert "✓ platform state: whole, 3 resources." in lines
    [place] = [number for number, line in enumerate(lines) if "no kubeconfig" in line]
    assert lines[place].startswith("✗ ")
    assert lines[place + 1].startswith("    export KUBECONFIG=")
    assert said.err.endswith("to mend; the command stands below each.\n")


def test_no_command_is_promised_where_none_mends_it(
    platform: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Finding("cluster", Health.WRONG, "it cannot be reached through the proxy.")
    monkeypatch.setattr("stackwright.engine.doctor.checkup", lambda *_: [found])
    assert main(["doctor", "-e", "prod"]) == 3
    said = capsys.readouterr()
    assert said.out == "✗ cluster: it cannot be reached through the proxy.\n"
    assert said.err.endswith("prod: 1 thing to mend; see above.\n")


def test_a_missing_engine_is_told_and_the_rest_is_looked_at(
    platform: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    found = findings(capsys)
    assert found["engine"]["health"] == "wrong"
    assert found["engine"]["mend"].startswith("curl ")
    assert "the cluster of context nowhere answers" in found


def test_an_old_engine_is_told(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    platform.stub.plan(version="v2.9.0")
    found = findings(capsys)
    assert found["engine"]["health"] == "wrong"
    assert "2.9.0" in found["engine"]["found"]


def test_a_wrong_passphrase_is_told_and_never_shown(
    platform: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "canary-passphrase")
    found = findings(capsys)
    assert found["platform secrets"]["health"] == "wrong"
    assert "not the one" in found["platform secrets"]["found"]
    assert "canary" not in json.dumps(found)


def test_a_missing_passphrase_is_told(
    platform: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    assert "PULUMI_CONFIG_PASSPHRASE" in findings(capsys)["platform secrets"]["mend"]


def test_a_killed_update_is_told_with_the_command_that_recovers(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = Fault(Effect.SIGNAL, "destroy", moment=Moment.INTENDED.value, signals=("SIGKILL",))
    platform.stub.plan(faults=(fault,))
    assert platform.pulumi("destroy", "--yes", "--skip-preview") == -signal.SIGKILL
    platform.stub.plan()
    found = findings(capsys)
    for subject in ("platform lock", "platform state"):
        assert found[subject]["health"] == "wrong"
        assert found[subject]["mend"] == "stackwright recover -e prod --layer platform"
    assert "that is dead" in found["platform lock"]["found"]
    assert "cut off: deleting" in found["platform state"]["found"]


@pytest.mark.parametrize("text", ["", "{", '{"version": 3}'])
def test_a_damaged_state_is_told(
    text: str, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.state.write_text(text, encoding="utf-8")
    found = findings(capsys)["platform state"]
    assert (found["health"], found["mend"]) == (
        "wrong",
        "stackwright recover -e prod --layer platform",
    )


def test_a_state_of_a_newer_engine_needs_that_engine(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = json.loads(platform.state.read_text(encoding="utf-8")) | {"version": 99}
    platform.state.write_text(json.dumps(newer), encoding="utf-8")
    found = findings(capsys)["platform state"]
    assert "newer Pulumi" in found["found"]
    assert found["mend"].startswith("curl ")


def test_a_lock_of_another_machine_names_its_holder(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    locks = platform.layer / "state/.pulumi/locks/organization/acme-ml-platform/prod"
    locks.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat()
    lock = {"pid": 1, "username": "ada", "hostname": "another", "timestamp": now}
    (locks / "a.json").write_text(json.dumps(lock), encoding="utf-8")
    assert "ada on another, process 1" in findings(capsys)["platform lock"]["found"]


def test_a_backend_that_nobody_chose_is_told(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    project = platform.layer / "Pulumi.yaml"
    project.write_text("name: acme-ml-platform\nruntime: python\n", encoding="utf-8")
    assert findings(capsys)["platform backend"]["mend"] == "pulumi login"


def test_a_folder_of_state_that_is_not_here_is_told(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    (platform.layer / "state").rename(platform.layer / "elsewhere")
    found = findings(capsys)["platform backend"]
    assert found["health"] == "wrong"
    assert "no such folder" in found["found"]


def test_looking_changes_nothing(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    def everything() -> dict[Path, bytes]:
        files = (path for path in platform.layer.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files}

    before = everything()
    findings(capsys)
    assert everything() == before


def test_an_environment_that_does_not_exist_is_refused(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "-e", "test"]) == 2


def test_a_state_whose_file_is_gone_was_not_never_deployed(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.state.unlink()
    assert "it is gone" in findings(capsys)["platform state"]["found"]


def test_a_file_that_says_nothing_is_told(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.state.write_text("null", encoding="utf-8")
    assert "damaged" in findings(capsys)["platform state"]["found"]


def test_a_key_that_pulumi_cloud_keeps_is_not_asked_for(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.pulumi.com")
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    settings = platform.layer / "Pulumi.prod.yaml"
    settings.write_text("config: {}\n", encoding="utf-8")
    layer = LayerFolder(Layer.PLATFORM, platform.layer, "prod", EngineCommand(), {})
    [found] = secrets(layer)
    assert found.health is Health.SKIPPED
