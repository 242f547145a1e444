"""`stackwright wire`."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stackwright_cli import main

WIRING: dict[str, Any] = {
    "schema": "stackwright.wiring/v1",
    "platform": "acme",
    "environment": "dev",
    "target": "existing-cluster",
    "profile": "development",
    "tools": {
        "tracking": {"uri": "http://mlflow:5000", "artifact_root": "s3://acme/runs"},
        "online": {"namespace": "online", "service_account": "m", "mode": "InferenceService"},
        "simple": {"namespace": "simple", "service_account": "m", "mode": "Deployment"},
    },
    "contracts": {
        "tracking": "ExperimentTracker",
        "online": "ModelServer",
        "simple": "ModelServer",
    },
}

LOCK = {
    "schema": "stackwright.lock/v1",
    "template": {"name": "tabular-service", "version": "1.0.0", "digest": f"sha256:{'0' * 64}"},
    "answers": {"project_slug": "churn"},
    "wiring": {"ExperimentTracker": {"uri": "required"}, "ModelServer": {"mode": "required"}},
    "files": {},
}

USE = ["--use", "ModelServer=online"]


@pytest.fixture
def project(folder: Path) -> Path:
    """Go to a project, beside the outputs of two environments."""
    project = folder / "churn"
    project.mkdir()
    (project / "stackwright.lock").write_text(json.dumps(LOCK), encoding="utf-8")
    outputs(folder, "dev")
    outputs(folder, "prod", profile="production")
    os.chdir(project)
    return project


def outputs(folder: Path, environment: str, **values: Any) -> None:
    data = {"wiring": {**WIRING, "environment": environment, **values}}
    (folder / f"{environment}.json").write_text(json.dumps(data), encoding="utf-8")


def files(folder: Path) -> Mapping[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def read(project: Path, environment: str) -> dict[str, Any]:
    text = (project / f"wiring/{environment}.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def test_one_file_is_written_and_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(project)
    assert main(["wire", "-e", "dev", "--from", "../dev.json", *USE]) == 0
    assert capsys.readouterr().out == f"Wrote {project}/wiring/dev.json.\n"
    assert set(files(project)) - set(before) == {"wiring/dev.json"}
    assert read(project, "dev")["values"]["ModelServer.mode"]["value"] == "InferenceService"
    assert stat.S_IMODE((project / "wiring/dev.json").stat().st_mode) == 0o644
    assert sorted(path.name for path in project.iterdir()) == ["stackwright.lock", "wiring"]


def test_another_environment_changes_its_own_configuration_only(project: Path) -> None:
    assert main(["wire", "-e", "dev", "--from", "../dev.json", *USE]) == 0
    before = files(project)
    assert (
        main(["wire", "-e", "prod", "--from", "../prod.json", "--use", "ModelServer=simple"]) == 0
    )
    after = dict(files(project))
    assert json.loads(after.pop("wiring/prod.json"))["production"] is True
    assert after == before
    assert read(project, "dev")["production"] is False


def test_the_same_wiring_again_is_up_to_date(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["wire", "-e", "dev", "--from", "../dev.json", *USE]) == 0
    before = (project / "wiring/dev.json").stat()
    capsys.readouterr()
    assert main(["wire", "-e", "dev", "--from", "../dev.json"]) == 0
    assert capsys.readouterr().out == f"{project}/wiring/dev.json is up to date.\n"
    assert (project / "wiring/dev.json").stat().st_mtime_ns == before.st_mtime_ns


def test_the_project_is_found_from_a_folder_below_it(project: Path) -> None:
    (project / "src/churn").mkdir(parents=True)
    os.chdir(project / "src/churn")
    assert main(["wire", "-e", "dev", "--from", "../../../dev.json", *USE]) == 0
    assert (project / "wiring/dev.json").is_file()


def test_the_project_can_be_named(project: Path, folder: Path) -> None:
    os.chdir(folder)
    assert main(["wire", "--from", "dev.json", "--project", "churn", *USE]) == 0
    assert (project / "wiring/dev.json").is_file()


def test_what_is_pending_is_told_with_what_to_run(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    symbol = "${output:urn:pulumi:dev::acme-platform::a:b:Mlflow::tracking#uri}"
    tools = {**WIRING["tools"], "tracking": {"uri": symbol, "artifact_root": "s3://acme/runs"}}
    outputs(folder, "dev", tools=tools)
    assert main(["wire", "-e", "dev", "--from", "../dev.json", *USE]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  pending ExperimentTracker.uri: output uri of Mlflow tracking" in lines
    assert lines[-1] == "  stackwright wire -e dev --from outputs.json"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give --from: the platform's blueprint.yaml"),
        (["-e", "dev"], "give --from"),
        (["--register", "."], "this folder holds no blueprint.yaml"),
        (["-e", "dev", "--register", "."], "-e and --use go with --from."),
        (["--from", "../dev.json", "--repository", "a/b"], "--repository goes with --register."),
        (["--from", "../dev.json", "--use", "ModelServer"], "CONTRACT=INSTANCE is expected."),
        (["--from", "../dev.json", *USE, *USE], "--use ModelServer is given twice."),
        (["--from", "../dev.json"], "several tools of the platform are a ModelServer"),
        (["-e", "local", "--from", "../dev.json", *USE], "environment local is the project's own"),
        (["-e", "../x", "--from", "../dev.json", *USE], "is no name of an environment"),
        (["-e", "prod", "--from", "../dev.json", *USE], "this is the wiring of environment dev"),
        (["-e", "dev", "--from", "../no.json", *USE], "../no.json: this file cannot be read"),
        (["-e", "dev", "--from", "../no.yaml", *USE], "there is no such file"),
        (["-e", "dev", "--from", "..", *USE], "this is no regular file"),
        (
            ["-e", "dev", "--from", "../dev.json", "--project", "wiring", *USE],
            "holds no stackwright",
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    project: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(project)
    assert main(["wire", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert files(project) == before
    assert not (project / "wiring").exists()


def test_outside_a_project_the_user_is_told_where_to_go(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs(folder, "dev")
    assert main(["wire", "--from", "dev.json"]) == 2
    assert "holds a stackwright.lock. Go to the folder of a project" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["wiring", "wiring/dev.json"])
def test_a_link_in_the_way_is_not_followed(
    project: Path, folder: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "elsewhere").mkdir()
    target = folder / "elsewhere"
    if place == "wiring/dev.json":
        (project / "wiring").mkdir()
        target /= "file"
        target.write_text("mine", encoding="utf-8")
    (project / place).symlink_to(target)
    assert main(["wire", "-e", "dev", "--from", "../dev.json", *USE]) == 2
    assert "links are not followed" in capsys.readouterr().err
    assert files(folder / "elsewhere") in ({}, {"file": b"mine"})


def test_the_project_is_registered_in_the_same_run(
    project: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "acme").mkdir()
    text = "apiVersion: stackwright/v1\nname: acme\nprojects: projects/*.yaml\n"
    (folder / "acme/blueprint.yaml").write_text(text, encoding="utf-8")
    arguments = ["--register", "../acme", "--repository", "acme/churn"]
    assert main(["wire", "-e", "dev", "--from", "../dev.json", *USE, *arguments]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Wrote ../acme/projects/churn.yaml."
    registered = (folder / "acme/projects/churn.yaml").read_text(encoding="utf-8")
    assert "repository: acme/churn\nenvironments: [dev]\n" in registered
