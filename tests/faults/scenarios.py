"""The situations in which `new` and `wire` are disturbed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.command import Command

ANSWERS = ("--set", "project_slug=churn")
NEW = ("new", "small", "projects/churn", *ANSWERS)

TREE = "projects/churn"

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
environments: {dev: {}}
"""


def outputs(tracker: str) -> str:
    """Return what the stack of a deployed platform prints."""
    values = {
        "experiments": ("ExperimentTracker", {"uri": tracker, "artifact_root": "s3://acme-runs"}),
        "store": (
            "ObjectStore",
            {
                "data_url": "s3://acme-data",
                "artifacts_url": "s3://acme-runs",
                "region": "eu-west-1",
            },
        ),
    }
    wiring = {
        "schema": "stackwright.wiring/v1",
        "platform": "acme-ml",
        "environment": "dev",
        "target": "existing-cluster",
        "profile": "development",
        "tools": {name: keys for name, (_, keys) in values.items()},
        "contracts": {name: contract for name, (contract, _) in values.items()},
    }
    return json.dumps({"wiring": wiring})


@dataclass(frozen=True)
class Scenario:
    """A command, and what is there when it begins."""

    name: str
    arguments: tuple[str, ...]
    prepare: Callable[[Command, Path], None]
    """Makes what is there, in an empty folder, which is the working directory."""
    once: bool = False
    """Whether the command refuses to run again when it is done."""


def _with_parent(command: Command, folder: Path) -> None:
    (folder / "projects").mkdir()


def _with_empty_folder(command: Command, folder: Path) -> None:
    (folder / "projects" / "churn").mkdir(parents=True)


def _after_a_killed_run(command: Command, folder: Path) -> None:
    """Leave what a run leaves that was killed before its last step."""
    _with_parent(command, folder)
    _ended(command, folder, *NEW)
    staging = folder / "projects" / ".stackwright-new-churn"
    staging.mkdir(mode=0o700)
    (folder / "projects" / "churn").rename(staging / "new")
    (staging / "holder").write_text("1\n", encoding="ascii")


def _with_project(command: Command, folder: Path) -> None:
    _with_parent(command, folder)
    _ended(command, folder, *NEW)
    _write(folder / "outputs.json", outputs("http://mlflow.tracking:80"))


def _with_wiring(command: Command, folder: Path) -> None:
    _with_project(command, folder)
    _ended(command, folder, *WIRE)
    (folder / TREE / "wiring" / "dev.json").chmod(0o640)
    _write(folder / "outputs.json", outputs("http://mlflow.elsewhere:80"))


def _with_platform(command: Command, folder: Path) -> None:
    _with_project(command, folder)
    _ended(command, folder, *WIRE)
    (folder / "platform").mkdir()
    _write(folder / "platform" / "blueprint.yaml", BLUEPRINT)


def _ended(command: Command, folder: Path, *arguments: str) -> None:
    ended = command.run(arguments, folder)
    assert ended.code == 0, ended.output


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


WIRE = ("wire", "-e", "dev", "--from", "outputs.json", "--project", TREE)
REGISTER = ("wire", "--register", "platform", "--project", TREE)

SCENARIOS = (
    Scenario("new", NEW, _with_parent, once=True),
    Scenario("new-with-its-parents", NEW, lambda command, folder: None, once=True),
    Scenario("new-in-an-empty-folder", NEW, _with_empty_folder, once=True),
    Scenario("new-after-a-killed-run", NEW, _after_a_killed_run, once=True),
    Scenario("wire", WIRE, _with_project),
    Scenario("wire-anew", WIRE, _with_wiring),
    Scenario("wire-register", REGISTER, _with_platform),
)
