"""What `recover` does after a kill -9 and after damage, on the real engine."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.engine.providers import control_file, journal_file, stand_in
from tests.engine.real_engine import Engine, require_pulumi
from tests.engine.stand_in.control import Control, Drift, Effect, Fault, Moment
from tests.engine.stand_in.journal import alive, entries

from stackwright.engine.processes import kill_session
from stackwright_cli import main

pytestmark = pytest.mark.slow

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
"""

TAGS = {"stackwright:platform": "acme-ml", "stackwright:environment": "default"}
TAGGED = {"aws:s3/bucket:Bucket": {"tagsAll": TAGS}}
BUCKET = "*aws:s3/bucket:Bucket::storage-data"
KEY = "*aws:kms/key:Key::storage-key"


@dataclass(frozen=True)
class Platform:
    """A platform that `init` made, on the real engine and a stand-in for AWS."""

    folder: Path
    engine: Engine

    @property
    def layer(self) -> Path:
        return self.folder / "stacks" / "foundation"

    @property
    def state(self) -> Path:
        [found] = self.folder.rglob("acme-ml-foundation/default.json")
        return found

    def plan(self, *planned: Fault | Drift) -> None:
        faults = [one for one in planned if isinstance(one, Fault)]
        drifts = [one for one in planned if isinstance(one, Drift)]
        Control(faults, drifts, TAGGED).write(control_file(self.engine.folder, "aws"))

    def up(self) -> None:
        self.engine.run(self.layer, "up", "--yes", "--skip-preview", "--stack", "default")

    def killed_at(self, urn: str, moment: Moment) -> None:
        """Kill the engine with all that it started, while a resource is being made."""
        self.plan(Fault("Create", urn, nth=1, effect=Effect.HANG, moment=moment, seconds=5))
        nowhere = subprocess.DEVNULL
        command = [str(self.engine.program), "up", "--yes", "--skip-preview", "--stack", "default"]
        with subprocess.Popen(
            command,
            cwd=self.layer,
            env={**os.environ, "PULUMI_AUTOMATION_API": "true"},
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,
        ) as engine:
            while not self._begun(urn.rpartition("::")[2]):
                assert engine.poll() is None
                time.sleep(0.1)
            # What runs beside it comes to its end.
            time.sleep(2)
            kill_session(engine.pid)
        time.sleep(6)
        self.plan()

    def resources(self) -> list[str]:
        document = json.loads(self.state.read_text(encoding="utf-8"))
        return [one["urn"] for one in document["checkpoint"]["latest"]["resources"]]

    def made(self) -> dict[str, int]:
        """Return how many of each thing are in the cloud."""
        found = alive(journal_file(self.engine.folder, "aws"))
        return {urn.rpartition("::")[2]: len(ids) for urn, ids in found.items()}

    def _begun(self, name: str) -> bool:
        return any(
            one.method == "Create" and not one.preview and one.urn.endswith(f"::{name}")
            for one in entries(journal_file(self.engine.folder, "aws"))
        )


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    program = require_pulumi()
    (tmp_path / "engine").mkdir()
    with stand_in("aws", tmp_path / "engine") as port:
        state = {"PULUMI_BACKEND_URL": ""}
        engine = Engine(program, tmp_path / "engine", {"aws": port}, state)
        for name, value in engine.environment().items():
            monkeypatch.setenv(name, value)
        folder = tmp_path / "acme-ml"
        given = ["--preset", "starter", "--target", "aws", "--name", "acme-ml"]
        assert main(["init", str(folder), *given]) == 0
        (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
        monkeypatch.chdir(folder)
        made = Platform(folder, engine)
        engine.run(made.layer, "stack", "init", "default", "--secrets-provider", "passphrase")
        yield made


def test_what_was_made_before_the_kill_goes_into_the_state(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.killed_at(BUCKET, Moment.AFTER)
    assert main(["recover", "--yes"]) == 0
    said = capsys.readouterr()
    assert "that is dead" in said.out
    assert "Bucket::storage-data: it was made" in said.out
    assert any(urn.endswith("Bucket::storage-data") for urn in platform.resources())
    platform.up()
    assert set(platform.made().values()) == {1}
    assert main(["recover", "--yes"]) == 0
    assert "nothing to recover" in capsys.readouterr().err


def test_what_was_not_made_is_made_by_the_next_up(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.killed_at(BUCKET, Moment.BEFORE)
    platform.plan(Drift(BUCKET, gone=True))
    assert main(["recover", "--yes"]) == 0
    assert "Bucket::storage-data: it was not made" in capsys.readouterr().out
    platform.plan()
    assert not any(urn.endswith("Bucket::storage-data") for urn in platform.resources())
    platform.up()
    assert any(urn.endswith("Bucket::storage-data") for urn in platform.resources())


def test_what_only_aws_knows_the_id_of_is_told_and_not_guessed(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.killed_at(KEY, Moment.AFTER)
    assert main(["recover", "--yes"]) == 0
    assert "Key::storage-key: it may exist or not" in capsys.readouterr().out


def edited(change: Callable[[list[Any]], list[Any]]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        document = json.loads(text)
        latest = document["checkpoint"]["latest"]
        latest["resources"] = change(latest["resources"])
        return json.dumps(document)

    return changed


DAMAGES: dict[str, Callable[[str], str]] = {
    "empty": lambda text: "",
    "cut": lambda text: text[: len(text) // 3],
    "merged": lambda text: f"<<<<<<< ours\n{text}",
    "twice": edited(lambda resources: [*resources, resources[-1]]),
    "no parent": edited(lambda resources: resources[1:]),
    "turned round": edited(lambda resources: resources[::-1]),
}


def test_every_damage_is_mended_and_the_next_up_changes_nothing(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.up()
    before, made = platform.resources(), platform.made()
    for number, damage in enumerate(DAMAGES.values(), 1):
        platform.state.write_text(damage(platform.state.read_text(encoding="utf-8")))
        assert main(["recover", "--yes"]) == 0
        assert "the state is damaged" in capsys.readouterr().out
        assert len(list(platform.layer.glob("state.default.damaged-*.json"))) == number
        assert platform.resources() == before
    platform.up()
    assert platform.made() == made


def test_a_state_of_a_newer_engine_is_left_alone(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = json.loads(platform.state.read_text(encoding="utf-8")) | {"version": 99}
    platform.state.write_text(json.dumps(newer), encoding="utf-8")
    assert main(["recover", "--yes"]) == 1
    assert "Install the newer Pulumi CLI" in capsys.readouterr().err
    assert json.loads(platform.state.read_text(encoding="utf-8")) == newer
