"""After a kill at any point and after any damage, a layer gets a whole state back.

The engine is the stub, which keeps state, locks and backups in the files of the real one.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.engine_stub.control import Effect, Fault, Program, Resource
from tests.engine_stub.points import Moment
from tests.engine_stub.stub import Stub, stub_engine

from stackwright.claims import Layer
from stackwright.engine.backend import Holder
from stackwright.engine.command import EngineCommand
from stackwright.engine.processes import kill_session
from stackwright.engine.recovery import (
    ChangedMeanwhile,
    Diagnosis,
    NotRecoverable,
    diagnose,
    mend,
    prove,
    unlock,
)
from stackwright.engine.state import StateTooNew
from stackwright.engine.workspace import LayerFolder, StackMissing


def things(count: int) -> Program:
    """Return a program of a component and a number of things in it."""
    names = [f"thing-{number}" for number in range(1, count + 1)]
    store = Resource("stackwright:index:Store", "store", custom=False)
    return Program((store, *(Resource("stub:index:Thing", name, "store") for name in names)))


@dataclass(frozen=True)
class Deployment:
    """A layer on the stub engine, deployed once with two things; a third is to come."""

    stub: Stub
    layer: LayerFolder

    def pulumi(self, *arguments: str) -> int:
        """Run the engine to its end, with whatever it leaves behind; return its exit code."""
        with self.started(*arguments) as engine:
            try:
                return engine.wait(60)
            finally:
                kill_session(engine.pid)

    def started(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(self.stub.bin / "pulumi"), *arguments, "--stack", "prod"]
        nowhere = subprocess.DEVNULL
        return subprocess.Popen(
            command,
            cwd=self.layer.folder,
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,
        )

    @property
    def state(self) -> Path:
        return self.layer.folder / "state" / ".pulumi" / "stacks" / "shop" / "prod.json"

    def recover(self) -> list[str]:
        """Do all that the command does with everything agreed to; return what was told."""
        told: list[str] = []
        found = diagnose(self.layer)
        if found.locks:
            assert {lock.holder for lock in found.locks} == {Holder.DEAD}
            unlock(found)
        if found.damage or found.pending:
            mend(found, frozenset(), told.append)
        return told


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    stub = stub_engine(tmp_path / "engine")
    folder = tmp_path / "stacks" / "platform"
    (folder / "state").mkdir(parents=True)
    project = "name: shop\nruntime: python\nbackend:\n  url: file://./state\n"
    (folder / "Pulumi.yaml").write_text(project, encoding="utf-8")
    monkeypatch.setenv("PATH", os.pathsep.join([str(stub.bin), os.environ["PATH"]]))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "of the test")
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    made = Deployment(stub, LayerFolder(Layer.PLATFORM, folder, "prod", EngineCommand(), {}))
    stub.plan(things(2))
    assert made.pulumi("stack", "init", "prod") == 0
    assert made.pulumi("up", "--yes", "--skip-preview") == 0
    stub.plan(things(3))
    return made


def kill(deployment: Deployment, command: str, **place: Any) -> None:
    """Kill the engine at a place of a run."""
    fault = Fault(Effect.SIGNAL, command=command, signals=("SIGKILL",), **place)
    deployment.stub.plan(faults=(fault,))
    assert deployment.pulumi(command, "--yes", "--skip-preview") == -signal.SIGKILL
    deployment.stub.plan()


def test_nothing_is_wrong_with_a_layer_that_was_deployed(deployment: Deployment) -> None:
    assert diagnose(deployment.layer).healthy


def test_a_layer_that_was_never_deployed_is_told(deployment: Deployment) -> None:
    layer = deployment.layer
    other = LayerFolder(layer.layer, layer.folder, "test", layer.command, {})
    with pytest.raises(StackMissing):
        diagnose(other)


@pytest.mark.parametrize("moment", [m for m in Moment if m not in (Moment.BEGUN, Moment.UNLOCKED)])
@pytest.mark.parametrize("command", ["up", pytest.param("destroy", marks=pytest.mark.slow)])
def test_a_kill_at_any_moment_leaves_a_layer_that_recovers(
    command: str, moment: Moment, deployment: Deployment
) -> None:
    kill(deployment, command, moment=moment.value)
    assert not diagnose(deployment.layer).healthy
    deployment.recover()
    assert diagnose(deployment.layer).healthy
    assert prove(deployment.layer, frozenset()).failure is None
    deployment.pulumi("up", "--yes", "--skip-preview")
    alive = deployment.stub.cloud.alive()
    assert all(len(ids) == 1 for ids in alive.values())


def test_a_creation_whose_maker_alone_knows_the_id_is_told(deployment: Deployment) -> None:
    kill(deployment, "up", moment=Moment.MADE.value)
    [pending] = diagnose(deployment.layer).pending
    assert "it may exist or not" in str(pending)


def test_whoever_is_at_work_is_left_alone(deployment: Deployment) -> None:
    fault = Fault(Effect.HANG, moment=Moment.INTENDED.value, seconds=60)
    deployment.stub.plan(faults=(fault,))
    with deployment.started("up", "--yes", "--skip-preview") as engine:
        try:
            while not deployment.stub.struck():
                assert engine.poll() is None
            [lock] = diagnose(deployment.layer).at_work
            assert lock.pid == engine.pid
        finally:
            kill_session(engine.pid)


def with_resources(change: Callable[[list[Any]], list[Any]]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        document = json.loads(text)
        latest = document["checkpoint"]["latest"]
        latest["resources"] = change(latest["resources"])
        return json.dumps(document)

    return changed


DAMAGES: dict[str, Callable[[str], str]] = {
    "empty": lambda text: "",
    "cut": lambda text: text[: len(text) // 2],
    "no JSON": lambda text: f"<<<<<<< ours\n{text}",
    "twice": with_resources(lambda resources: [*resources, resources[-1]]),
    "no parent": with_resources(lambda resources: resources[1:]),
    "turned round": with_resources(lambda resources: resources[::-1]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_state_is_replaced_by_the_newest_whole_one(
    damage: str, deployment: Deployment
) -> None:
    deployment.pulumi("up", "--yes", "--skip-preview")
    before = json.loads(deployment.state.read_text(encoding="utf-8"))
    deployment.state.write_text(DAMAGES[damage](json.dumps(before)), encoding="utf-8")
    damaged = _resources(deployment.state.read_text(encoding="utf-8"))
    told = deployment.recover()
    after = json.loads(deployment.state.read_text(encoding="utf-8"))
    names = [one["urn"] for one in after["checkpoint"]["latest"]["resources"]]
    assert names == [one["urn"] for one in before["checkpoint"]["latest"]["resources"]]
    [kept] = deployment.layer.folder.glob("state.prod.damaged-*.json")
    assert _resources(kept.read_text(encoding="utf-8")) == damaged
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert str(kept) in told[0]
    assert diagnose(deployment.layer).healthy
    assert prove(deployment.layer, frozenset()).failure is None


def test_what_no_backup_knows_is_named(deployment: Deployment) -> None:
    deployment.pulumi("up", "--yes", "--skip-preview")
    for backup in _backups(deployment):
        if "thing-3" in backup.read_text(encoding="utf-8"):
            backup.unlink()
    deployment.state.write_text(deployment.state.read_text(encoding="utf-8")[:-20])
    found = diagnose(deployment.layer).restoration
    assert found is not None
    assert [urn.rpartition("::")[2] for urn in found.forgotten] == ["thing-3"]


def test_a_damaged_state_without_any_whole_backup_is_left_as_it_is(deployment: Deployment) -> None:
    for backup in _backups(deployment):
        backup.unlink()
    deployment.state.write_text("{", encoding="utf-8")
    with pytest.raises(NotRecoverable, match="no whole older one is kept"):
        diagnose(deployment.layer)
    assert deployment.state.read_text(encoding="utf-8") == "{"


def test_a_state_of_a_newer_engine_is_never_replaced(deployment: Deployment) -> None:
    text = deployment.state.read_text(encoding="utf-8").replace('"version":3', '"version": 99', 1)
    newer = json.loads(text) | {"version": 99}
    deployment.state.write_text(json.dumps(newer), encoding="utf-8")
    with pytest.raises(StateTooNew, match="Install the newer Pulumi CLI"):
        diagnose(deployment.layer)
    assert json.loads(deployment.state.read_text(encoding="utf-8")) == newer


def test_a_lock_of_another_machine_is_told_and_no_proof_of_death(deployment: Deployment) -> None:
    locks = deployment.layer.folder / "state/.pulumi/locks/organization/shop/prod"
    locks.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat()
    lock = {"pid": 1, "username": "ada", "hostname": "another", "timestamp": now}
    (locks / "a.json").write_text(json.dumps(lock), encoding="utf-8")
    found = diagnose(deployment.layer)
    assert [one.holder for one in found.locks] == [Holder.ELSEWHERE]
    assert found.at_work == ()
    unlock(found)
    assert diagnose(deployment.layer).healthy


def test_whoever_took_the_lock_after_the_diagnosis_keeps_it(deployment: Deployment) -> None:
    kill(deployment, "up", moment=Moment.LOCKED.value)
    found = diagnose(deployment.layer)
    locks = deployment.layer.folder / "state/.pulumi/locks/organization/shop/prod"
    lock = {"pid": 1, "username": "ada", "hostname": "another"}
    now = datetime.now(UTC).isoformat()
    (locks / "later.json").write_text(json.dumps(lock | {"timestamp": now}), encoding="utf-8")
    with pytest.raises(ChangedMeanwhile, match="was locked by ada on another"):
        unlock(found)
    assert (locks / "later.json").is_file()


def test_a_state_that_is_newer_than_the_diagnosis_is_not_overwritten(
    deployment: Deployment,
) -> None:
    kill(deployment, "up", moment=Moment.MADE.value)
    found = diagnose(deployment.layer)
    unlock(found)
    document = json.loads(deployment.state.read_text(encoding="utf-8"))
    document["checkpoint"]["latest"].pop("pending_operations")
    newer = json.dumps(document)
    deployment.state.write_text(newer, encoding="utf-8")
    with pytest.raises(ChangedMeanwhile, match="got another state"):
        mend(found, frozenset(), lambda _: None)
    assert deployment.state.read_text(encoding="utf-8") == newer


def test_a_state_whose_file_is_gone_is_brought_back_and_nothing_is_made_twice(
    deployment: Deployment,
) -> None:
    before = _resources(deployment.state.read_text(encoding="utf-8"))
    deployment.state.unlink()
    assert "its file is gone" in str(diagnose(deployment.layer).damage[0])
    deployment.recover()
    assert _resources(deployment.state.read_text(encoding="utf-8")) == before
    assert not list(deployment.layer.folder.glob("state.prod.damaged-*.json"))
    assert deployment.pulumi("up", "--yes", "--skip-preview") == 0
    assert all(len(ids) == 1 for ids in deployment.stub.cloud.alive().values())


def test_a_state_that_is_lost_once_more_is_brought_back_once_more(deployment: Deployment) -> None:
    before = _resources(deployment.state.read_text(encoding="utf-8"))
    for _ in range(2):
        deployment.state.unlink()
        deployment.recover()
        assert _resources(deployment.state.read_text(encoding="utf-8")) == before


def test_an_older_backup_that_knows_everything_goes_before_a_newer_one_that_does_not(
    deployment: Deployment,
) -> None:
    whole = deployment.state.read_text(encoding="utf-8")
    newer = json.loads(whole)
    newer["checkpoint"]["latest"]["resources"] = []
    newer["checkpoint"]["latest"]["manifest"]["time"] = "2999-01-01T00:00:00Z"
    deployment.state.with_name("prod.json.bak").write_text(json.dumps(newer), encoding="utf-8")
    deployment.state.write_text(whole[:-20], encoding="utf-8")
    deployment.recover()
    after = deployment.state.read_text(encoding="utf-8")
    assert _resources(after) == _resources(whole)


@pytest.mark.parametrize("content", ["null", "{}"])
def test_a_file_that_says_nothing_is_no_empty_state(content: str, deployment: Deployment) -> None:
    before = _resources(deployment.state.read_text(encoding="utf-8"))
    deployment.state.write_text(content, encoding="utf-8")
    assert diagnose(deployment.layer).damage
    deployment.recover()
    assert _resources(deployment.state.read_text(encoding="utf-8")) == before


def test_a_lock_that_was_cut_short_is_removed_after_it_was_told(deployment: Deployment) -> None:
    locks = deployment.layer.folder / "state/.pulumi/locks/organization/shop/prod"
    locks.mkdir(parents=True, exist_ok=True)
    (locks / "cut.json").write_text("", encoding="utf-8")
    found = diagnose(deployment.layer)
    assert [one.holder for one in found.locks] == [Holder.UNKNOWN]
    unlock(found)
    assert diagnose(deployment.layer).healthy


def test_a_diagnosis_without_findings_is_healthy(deployment: Deployment) -> None:
    assert Diagnosis(deployment.layer).healthy


@pytest.mark.slow
@pytest.mark.parametrize("twentieth", range(20))
def test_a_state_cut_short_anywhere_is_mended(twentieth: int, deployment: Deployment) -> None:
    text = deployment.state.read_text(encoding="utf-8").rstrip()
    deployment.state.write_text(text[: len(text) * twentieth // 20], encoding="utf-8")
    deployment.recover()
    assert diagnose(deployment.layer).healthy
    assert prove(deployment.layer, frozenset()).failure is None


def _resources(text: str) -> Any:
    """Return the resources of a state in either form; the text itself where it is no JSON."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    return (document.get("deployment") or document["checkpoint"]["latest"])["resources"]


def _backups(deployment: Deployment) -> Iterator[Path]:
    root = deployment.layer.folder / "state" / ".pulumi"
    for pattern in ("stacks/shop/prod.json.bak", "backups/shop/prod/*", "history/shop/prod/*"):
        yield from root.glob(pattern)
