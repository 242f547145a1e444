"""`recover` leads out of a killed update with at most two questions. The engine is the stub."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engine_stub.control import Effect, Fault, Program, Resource
from tests.engine_stub.points import Moment
from tests.engine_stub.stub import Stub, stub_engine

from stackwright.engine.processes import kill_session
from stackwright_cli import console, main

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
environments: {prod: {}}
"""

PROGRAM = Program(
    (
        Resource("stackwright:index:S3", "storage", custom=False),
        Resource("stub:index:Thing", "first", "storage"),
        Resource("stub:index:Thing", "second", "storage"),
    )
)


@dataclass
class Person:
    """Somebody at a terminal, who answers every question alike."""

    answer: bool = True
    asked: list[str] = field(default_factory=list)

    def confirm(self, question: str, *, default: bool = False) -> bool:
        self.asked.append(question)
        return self.answer


@dataclass(frozen=True)
class Platform:
    """A platform of one layer on the stub engine, never deployed."""

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

    def killed(self, moment: Moment) -> None:
        """Kill an `up` at a moment of its first thing."""
        urn = "*first" if moment is Moment.MADE else "*"
        fault = Fault(Effect.SIGNAL, moment=moment.value, urn=urn, signals=("SIGKILL",))
        self.stub.plan(faults=(fault,))
        assert self.pulumi("up", "--yes", "--skip-preview") == -signal.SIGKILL
        self.stub.plan()

    @property
    def state(self) -> Path:
        return self.layer / "state" / ".pulumi" / "stacks" / "acme-ml-foundation" / "prod.json"


@pytest.fixture
def platform(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    stub = stub_engine(folder / "engine")
    stub.plan(PROGRAM)
    (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    layer = folder / "stacks" / "foundation"
    (layer / "state").mkdir(parents=True)
    project = "name: acme-ml-foundation\nruntime: python\nbackend:\n  url: file://./state\n"
    (layer / "Pulumi.yaml").write_text(project, encoding="utf-8")
    monkeypatch.setenv("PATH", os.pathsep.join([str(stub.bin), os.environ["PATH"]]))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "of the test")
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    made = Platform(stub, layer)
    assert made.pulumi("stack", "init", "prod") == 0
    return made


@pytest.fixture
def sitting(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], Person]:
    """Put a person at the terminal."""

    def sit(answer: bool) -> Person:
        person = Person(answer)
        monkeypatch.setattr(console, "is_interactive", lambda: True)
        monkeypatch.setattr(console, "confirm", person.confirm)
        return person

    return sit


def test_nobody_is_asked_where_nothing_is_wrong(
    platform: Platform, sitting: Callable[[bool], Person], capsys: pytest.CaptureFixture[str]
) -> None:
    person = sitting(True)
    assert main(["recover", "-e", "prod"]) == 0
    assert "nothing to recover" in capsys.readouterr().err
    assert person.asked == []


def test_two_questions_lead_out_of_a_killed_update(
    platform: Platform, sitting: Callable[[bool], Person], capsys: pytest.CaptureFixture[str]
) -> None:
    platform.killed(Moment.MADE)
    person = sitting(True)
    assert main(["recover", "-e", "prod"]) == 0
    assert len(person.asked) == 2
    said = capsys.readouterr()
    assert "that is dead" in said.out
    assert "creating stub:index:Thing::first: it may exist or not" in said.out
    assert said.err.endswith("prod is recovered. Next: stackwright up -e prod\n")
    assert main(["recover", "-e", "prod"]) == 0
    assert len(person.asked) == 2
    assert "nothing to recover" in capsys.readouterr().err
    platform.pulumi("up", "--yes", "--skip-preview")
    assert max(platform.stub.cloud.creates().values()) == 1


def test_a_lock_alone_is_one_question(
    platform: Platform, sitting: Callable[[bool], Person]
) -> None:
    platform.killed(Moment.LOCKED)
    person = sitting(True)
    assert main(["recover", "-e", "prod"]) == 0
    assert len(person.asked) == 1


def test_a_no_changes_nothing(
    platform: Platform, sitting: Callable[[bool], Person], capsys: pytest.CaptureFixture[str]
) -> None:
    platform.killed(Moment.MADE)
    before = platform.state.read_bytes()
    person = sitting(False)
    assert main(["recover", "-e", "prod"]) == 1
    assert len(person.asked) == 1
    assert "nothing more was changed" in capsys.readouterr().err
    assert platform.state.read_bytes() == before
    assert list(platform.layer.glob("state/.pulumi/locks/organization/*/*/*.json")) != []


def test_where_nobody_can_be_asked_yes_is_needed(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.killed(Moment.MADE)
    assert main(["recover", "-e", "prod"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert main(["recover", "-e", "prod", "--yes"]) == 0


def test_a_damaged_state_is_recovered_and_kept(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert platform.pulumi("up", "--yes", "--skip-preview") == 0
    platform.state.write_text(platform.state.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    assert main(["recover", "-e", "prod", "--yes"]) == 0
    said = capsys.readouterr()
    assert "the state is damaged" in said.out
    assert len(list(platform.layer.glob("state.prod.damaged-*.json"))) == 1
    assert "prod is recovered" in said.err


def test_a_process_at_work_is_named_and_left_alone(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = Fault(Effect.HANG, moment=Moment.LOCKED.value, seconds=60)
    platform.stub.plan(faults=(fault,))
    nowhere = subprocess.DEVNULL
    command = [str(platform.stub.bin / "pulumi"), "up", "--yes", "--stack", "prod"]
    with subprocess.Popen(
        command, cwd=platform.layer, stdout=nowhere, stderr=nowhere, start_new_session=True
    ) as engine:
        try:
            while not platform.stub.struck():
                assert engine.poll() is None
            assert main(["recover", "-e", "prod", "--yes"]) == 1
        finally:
            kill_session(engine.pid)
    assert f"process {engine.pid}" in capsys.readouterr().err


def test_a_state_of_a_newer_engine_is_left_alone(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = json.loads(platform.state.read_text(encoding="utf-8")) | {"version": 99}
    platform.state.write_text(json.dumps(newer), encoding="utf-8")
    assert main(["recover", "-e", "prod", "--yes"]) == 1
    assert "Install the newer Pulumi CLI" in capsys.readouterr().err
    assert json.loads(platform.state.read_text(encoding="utf-8")) == newer


def test_a_lock_of_another_machine_is_named(
    platform: Platform, sitting: Callable[[bool], Person], capsys: pytest.CaptureFixture[str]
) -> None:
    locks = platform.layer / "state/.pulumi/locks/organization/acme-ml-foundation/prod"
    locks.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat()
    lock = {"pid": 1, "username": "ada", "hostname": "another", "timestamp": now}
    (locks / "a.json").write_text(json.dumps(lock), encoding="utf-8")
    sitting(True)
    assert main(["recover", "-e", "prod"]) == 0
    assert "locked by ada on another, process 1" in capsys.readouterr().out


BUCKET = Program((Resource("aws:s3/bucket:Bucket", "first", inputs={"bucket": "acme-data"}),))


def test_what_could_be_looked_for_is_not_forgotten_while_nobody_answers(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.stub.plan(BUCKET)
    platform.killed(Moment.MADE)
    before = platform.state.read_bytes()
    platform.stub.plan(faults=(Fault(Effect.FAIL, "refresh", times=None),))
    assert main(["recover", "-e", "prod", "--yes"]) == 1
    said = capsys.readouterr()
    assert "its provider could not be asked" in said.out
    assert "Next: stackwright doctor" in said.err
    assert platform.state.read_bytes() == before
    platform.stub.plan()
    assert main(["recover", "-e", "prod", "--yes"]) == 0


def test_a_layer_that_does_not_exist_is_refused(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recover", "-e", "prod", "--layer", "platform", "--yes"]) == 2
    assert "no layer platform" in capsys.readouterr().err
