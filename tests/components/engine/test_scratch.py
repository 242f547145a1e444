"""A copy of a state is private, complete, and gone in the end."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from pulumi.automation import CommandError, CommandResult

from stackwright.claims import Layer
from stackwright.engine.backend import Backend, Kind
from stackwright.engine.command import EngineCommand
from stackwright.engine.restoring import restoration
from stackwright.engine.scratch import as_export, scratch
from stackwright.engine.state import StateDamaged
from stackwright.engine.stores import FolderStore
from stackwright.engine.workspace import LayerFolder

STATE = {"version": 3, "deployment": {"resources": [{"urn": "stack", "type": "t"}]}}


class Engine:
    """Stands in for the CLI: keeps what it was called with, and repairs by dropping resources."""

    def __init__(self, *, repairs: bool = True) -> None:
        self.repairs = repairs
        self.calls: list[tuple[list[str], str, Mapping[str, str]]] = []

    def run(self, args: list[str], cwd: str, env: Mapping[str, str]) -> CommandResult:
        self.calls.append((args, cwd, env))
        if not self.repairs:
            raise CommandError(CommandResult("", "cannot repair", 255))
        [file] = Path(cwd, "state").glob(".pulumi/stacks/*/prod.json")
        state = json.loads(file.read_text())
        latest = state["checkpoint"]["latest"]
        latest["resources"] = [one for one in latest["resources"] if "parent" not in one]
        file.write_text(json.dumps(state))
        return CommandResult("", "", 0)


def layer(folder: Path, engine: Engine) -> LayerFolder:
    project = "name: shop\nruntime: python\nbackend: {url: s3://state}\n"
    (folder / "Pulumi.yaml").write_text(project, encoding="utf-8")
    (folder / "Pulumi.prod.yaml").write_text("encryptionsalt: v1:salt\n", encoding="utf-8")
    command = cast("EngineCommand", engine)
    return LayerFolder(Layer.PLATFORM, folder, "prod", command, {"A": "b"})


def test_the_engine_works_on_the_copy_and_nowhere_else(tmp_path: Path) -> None:
    engine = Engine()
    with scratch(layer(tmp_path, engine), STATE) as copy:
        copy.run("state", "repair", "--yes")
        assert stat.S_IMODE(copy.folder.stat().st_mode) == 0o700
        project = yaml.safe_load((copy.folder / "Pulumi.yaml").read_text())
        assert project == {"name": "shop", "runtime": "python"}
        assert (copy.folder / "Pulumi.prod.yaml").read_text() == "encryptionsalt: v1:salt\n"
        assert as_export(copy.document()) == STATE
    [(args, cwd, env)] = engine.calls
    assert args == ["state", "repair", "--yes", "--stack", "prod"]
    assert env == {
        "A": "b",
        "PULUMI_BACKEND_URL": f"file://{cwd}/state",
        # What a cluster that does not answer holds is not gone.
        "PULUMI_K8S_DELETE_UNREACHABLE": "false",
    }
    assert not Path(cwd).exists()


def test_an_export_and_the_file_of_a_backend_become_the_same() -> None:
    kept = {"version": 3, "checkpoint": {"stack": "s", "latest": STATE["deployment"]}}
    assert as_export(json.dumps(kept).encode()) == as_export(json.dumps(STATE).encode()) == STATE


def test_a_state_without_content_becomes_an_empty_one() -> None:
    kept = {"version": 3, "checkpoint": {"stack": "s", "latest": None}}
    assert as_export(json.dumps(kept).encode()) == {"version": 3, "deployment": {}}


@pytest.mark.parametrize("document", [b"", b"{}", b"[]"])
def test_what_is_no_state_is_refused(document: bytes) -> None:
    with pytest.raises(StateDamaged):
        as_export(document)


def damaged() -> bytes:
    """Return a state in which the parent of the second resource is missing."""
    deployment = {
        "resources": [
            {"urn": "a::b::t::stack", "type": "t"},
            {"urn": "a::b::t::thing", "type": "t", "parent": "a::b::t::gone"},
        ]
    }
    return json.dumps({"version": 3, "deployment": deployment}).encode()


def backups(folder: Path, *names: str) -> Backend:
    """Return a backend with one backup, which knows some resources."""
    resources: list[dict[str, Any]] = [{"urn": f"a::b::t::{name}", "type": "t"} for name in names]
    kept = {"version": 3, "checkpoint": {"stack": "s", "latest": {"resources": resources}}}
    file = folder / ".pulumi" / "stacks" / "shop" / "prod.json.bak"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(kept), encoding="utf-8")
    return Backend(Kind.FOLDER, "file://state", FolderStore(folder))


def test_a_backup_that_knows_everything_is_better_than_a_repair(tmp_path: Path) -> None:
    engine = Engine()
    backend = backups(tmp_path, "stack", "thing", "gone")
    found = restoration(layer(tmp_path, engine), backend, "shop", damaged())
    assert found is not None
    assert (found.source, found.forgotten) == (".pulumi/stacks/shop/prod.json.bak", ())
    assert engine.calls == []


def test_a_repair_is_better_than_a_backup_that_lacks_something(tmp_path: Path) -> None:
    found = restoration(layer(tmp_path, Engine()), backups(tmp_path, "stack"), "shop", damaged())
    assert found is not None
    assert found.source == "the engine's own repair"
    assert found.forgotten == ("a::b::t::thing",)


def test_where_nothing_can_be_repaired_a_backup_says_what_it_lacks(tmp_path: Path) -> None:
    engine = Engine(repairs=False)
    found = restoration(layer(tmp_path, engine), backups(tmp_path, "stack"), "shop", damaged())
    assert found is not None
    assert found.source == ".pulumi/stacks/shop/prod.json.bak"
    assert found.forgotten == ("a::b::t::thing",)


def test_without_backup_and_repair_there_is_nothing(tmp_path: Path) -> None:
    cloud = Backend(Kind.CLOUD, "https://x")
    folder = layer(tmp_path, Engine(repairs=False))
    assert restoration(folder, cloud, "shop", damaged()) is None
