"""`stackwright drift` and `stackwright destroy`, on the stub engine."""

from __future__ import annotations

import codecs
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engine_stub.control import Drift, Effect, Fault, Program, Resource, Target
from tests.engine_stub.stub import Stub, stub_engine

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.operations import Action, run
from stackwright.engine.workspace import layer_folders
from stackwright.environment import load_environment
from stackwright_cli import main

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme
target: {kind: existing-cluster}
cluster: {kind: existing, context: nobody, uid: 8f1c9e63-2b7a-4c58-9d0e-5a4b3c2d1e0f}
database: {kind: cloudnative-pg}
storage: {kind: seaweedfs}
environments: {prod: {}}
"""

VOLUME = Resource("kubernetes:core/v1:PersistentVolumeClaim", "disk", protect=True)
CONFIG = Resource("kubernetes:core/v1:ConfigMap", "config", inputs={"data": "one"})
OTHER = Resource("kubernetes:core/v1:ConfigMap", "other")


@dataclass
class Bench:
    """An environment of one layer that was deployed, and a stub engine for it."""

    folder: Path
    stub: Stub

    def up(self, *resources: Resource) -> None:
        self.stub.plan(Program(resources))
        environment = load_environment(Path("blueprint.yaml"), "prod")
        for one in layer_folders(environment, self.folder, EngineCommand()):
            outcome = run(one, one.made_stack("passphrase"), Action.UP, frozenset())
            assert outcome.succeeded, outcome.failure

    @property
    def names(self) -> set[str]:
        """What is left, as the files of the backend say."""
        (file,) = (self.folder.parent / "state").rglob("prod.json")
        resources = json.loads(file.read_text())["checkpoint"]["latest"].get("resources") or []
        return {one["urn"].split("::")[-1] for one in resources if one.get("custom")}

    @property
    def state(self) -> dict[str, bytes]:
        """Every file of the backend but its locks."""
        found = (path for path in (self.folder.parent / "state").rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in found if "locks" not in path.parts}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    platform = tmp_path / "platform"
    folder = platform / "stacks" / Layer.PLATFORM
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: acme-platform\nruntime: python\n", encoding="utf-8")
    (tmp_path / "state").mkdir()
    (platform / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    stub = stub_engine(tmp_path / "stub")
    monkeypatch.chdir(platform)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    monkeypatch.setenv("PATH", f"{stub.bin}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "state").as_uri())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase of a test")
    return Bench(platform, stub)


def test_an_environment_as_deployed_has_no_drift(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG, OTHER)
    assert main(["drift", "-e", "prod"]) == 0
    told = capsys.readouterr()
    assert told.out == "platform: all 2 resources are as deployed\n"
    assert told.err.splitlines()[-1] == "prod is as it was deployed: no drift."


def test_drift_is_told_and_no_byte_of_the_state_is_changed(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG, OTHER)
    drifts = (Drift("*::config", {"data": "two"}), Drift("*::other", gone=True))
    bench.stub.plan(drifts=drifts)
    before = bench.state
    assert main(["drift", "-e", "prod"]) == 3
    assert bench.state == before
    told = capsys.readouterr()
    assert "platform: not as deployed: 2 of 2 resources" in told.out
    assert 'data: "one" -> "two"' in told.out
    assert "other  is gone" in told.out
    last = told.err.splitlines()[-1]
    assert last.startswith("2 resources of prod differ. Nothing was changed.")
    assert "stackwright up --refresh -e prod" in last


def test_one_drifted_resource_is_told_as_one(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG)
    bench.stub.plan(drifts=(Drift("*::config", {"data": "two"}),))
    assert main(["drift", "-e", "prod"]) == 3
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("1 resource of prod differs. Nothing was changed.")


@pytest.mark.parametrize(
    "command", [["drift"], ["outputs"], ["destroy", "--yes", "--confirm", "prod"]]
)
def test_a_folder_of_state_that_is_not_there_is_named_with_what_to_do(
    bench: Bench, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    bench.up(CONFIG)
    state = bench.folder.parent / "state"
    state.rename(state.with_name("elsewhere"))
    assert main([*command, "-e", "prod"]) == 2
    told = capsys.readouterr().err
    assert f"{state}: the state of this platform is kept in this folder" in told
    assert "Bring it from where the platform was deployed." in told


def test_drift_as_json_is_one_versioned_object(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG)
    bench.stub.plan(drifts=(Drift("*::config", {"data": "two"}),))
    assert main(["drift", "-e", "prod", "--format", "json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["drifted"]) == ("stackwright.drift/v1", 1)
    assert document["layers"][0]["drifted"][0]["name"] == "config"


def test_an_environment_that_was_never_deployed_cannot_be_compared(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", "-e", "prod"]) == 1
    told = capsys.readouterr()
    assert "never deployed" in told.out
    assert "Not everything could be read: platform." in told.err.splitlines()[-1]


def test_without_a_terminal_data_is_lost_only_with_the_name_of_the_environment(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG, VOLUME)
    for refused in ([], ["--yes"], ["--confirm", "staging"]):
        assert main(["destroy", "-e", "prod", *refused]) == 2
        assert bench.names == {"config", "disk"}
    assert "--confirm prod" in capsys.readouterr().err
    assert main(["destroy", "-e", "prod", "--confirm", "prod"]) == 0
    assert bench.names == set()
    told = capsys.readouterr()
    assert "Lost for ever:" in told.out
    assert told.err.splitlines()[-1].startswith("Destroyed prod. platform: 2 deleted.")


def test_a_script_that_did_not_agree_reads_the_forecast_in_the_last_event(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG, VOLUME)
    assert main(["destroy", "-e", "prod", "--yes", "--format", "json"]) == 2
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["kind"], last["result"], last["code"]) == ("end", "refused", 2)
    assert "--confirm prod" in last["message"]
    assert [
        fact["key"].rpartition("::")[2] for fact in last["answer"]["forecast"]["layers"][0]["lost"]
    ] == ["disk"]


def test_data_is_kept_without_its_name(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.up(CONFIG, VOLUME)
    assert main(["destroy", "-e", "prod", "--keep-data", "--yes"]) == 0
    assert bench.names == {"disk"}
    told = capsys.readouterr()
    assert "disk: holds data" in told.out
    assert "Left are: platform 1" in told.err.splitlines()[-1]
    assert main(["destroy", "-e", "prod", "--keep-data", "--yes"]) == 0
    assert bench.names == {"disk"}
    assert "Nothing to delete" in capsys.readouterr().err


def test_what_is_foretold_is_in_the_last_event_for_scripts(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG)
    assert main(["destroy", "-e", "prod", "--yes", "--format", "json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {event["schema"] for event in events} == {"stackwright.events/v1"}
    end = events[-1]
    assert (end["kind"], end["result"], end["code"]) == ("end", "succeeded", 0)
    assert end["answer"]["forecast"]["schema"] == "stackwright.forecast/v1"
    assert end["answer"]["forecast"]["layers"][0]["counts"] == {"": 1}


def test_a_destruction_that_failed_says_what_is_gone_and_goes_on_when_run_again(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG, OTHER)
    bench.stub.plan(faults=(Fault(Effect.FAIL, "destroy", urn="*::config"),))
    assert main(["destroy", "-e", "prod", "--yes"]) == 1
    told = capsys.readouterr().err
    assert "planned fault" in told
    last = told.splitlines()[-1]
    assert last == "Failed. platform: 1 deleted. To go on: stackwright destroy -e prod"
    assert bench.names == {"config"}
    bench.stub.plan()
    assert main(["destroy", "-e", "prod", "--yes"]) == 0
    assert bench.names == set()


def test_a_destruction_that_was_stopped_says_what_is_gone(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG, OTHER)
    stop = Fault(
        Effect.SIGNAL, "destroy", urn="*::other", signals=("SIGINT",), target=Target.COMMAND
    )
    bench.stub.plan(faults=(stop,))
    assert main(["destroy", "-e", "prod", "--yes"]) == 130
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("Stopped by Ctrl-C. ")
    assert last.endswith("To go on: stackwright destroy -e prod")
    bench.stub.plan()
    assert main(["destroy", "-e", "prod", "--yes"]) == 0
    assert bench.names == set()


def test_an_empty_stack_is_removed_where_that_is_asked_for(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.up(CONFIG)
    assert main(["destroy", "-e", "prod", "--yes", "--remove-stack"]) == 0
    assert not list((bench.folder.parent / "state").rglob("prod.json"))


@pytest.mark.parametrize(("typed", "code", "left"), [("prod", 0, set()), ("dev", 1, {"disk"})])
def test_at_a_terminal_the_name_is_typed(
    bench: Bench, typed: str, code: int, left: set[str]
) -> None:
    bench.up(VOLUME)
    command = [sys.executable, "-m", "stackwright_cli", "destroy", "-e", "prod"]
    ended, said = at_a_terminal(command, "Type prod to destroy it", typed)
    assert ended == code, said
    assert "to destroy it: " in said
    assert bench.names == left


def at_a_terminal(command: Sequence[str], question: str, typed: str) -> tuple[int, str]:
    """Run a command at a pseudo-terminal and answer its question."""
    ours, theirs = os.openpty()
    # A character may come in two pieces.
    decoder = codecs.getincrementaldecoder("utf-8")()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    said, answered = "", False
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # Linux tells the end of a terminal so.
            break
        if not chunk:
            break
        said += decoder.decode(chunk)
        if not answered and question in said:
            answered = True
            os.write(ours, f"{typed}\n".encode())
    os.close(ours)
    return process.wait(timeout=60), said
