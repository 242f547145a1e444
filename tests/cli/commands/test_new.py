"""`stackwright new`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.templates.support import FIXTURES, small, tree

from stackwright_cli import assets, main

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
network: {kind: vpc, zones: [a, b]}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: ["arn:aws:iam::210987654321:role/admin"]
storage: {kind: s3}
database: {kind: rds}
tracking: {kind: mlflow}
environments:
  dev: {profile: development}
  prod: {}
"""


@pytest.fixture(autouse=True)
def _fixture_templates(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(assets, "asset_folder", lambda name: FIXTURES)


def test_a_project_is_made_and_the_next_commands_are_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "small", "my churn", "--set", "project_slug=churn"]) == 0
    assert capsys.readouterr() == (
        "Made my churn with 16 files from small (Small project).\n"
        "The project is called churn; --set project_slug=NAME gives another.\n"
        "\n"
        "Next:\n"
        "  cd 'my churn'\n"
        "  make test\n",
        "",
    )
    assert (folder / "my churn" / "src" / "churn" / "py.typed").is_file()
    assert [path.name for path in folder.iterdir()] == ["my churn"]


@pytest.mark.parametrize(("name", "is_said"), [("Churn", True), ("churn", False)])
def test_a_name_that_is_not_the_folders_is_not_taken_silently(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, is_said: bool
) -> None:
    assert main(["new", "small", name]) == 0
    assert ("The project is called small" in capsys.readouterr().out) is is_said


def test_the_command_that_goes_to_a_project_is_one_that_a_shell_takes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "small", "--", "-churn"]) == 0
    assert "  cd ./-churn\n" in capsys.readouterr().out


def test_the_answer_as_json_names_all_that_was_made(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "small", "churn", "--set", "ci=none", "--format", "json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "stackwright.new/v1"
    assert answer["folder"] == "churn"
    assert answer["template"] == {
        "name": "small",
        "version": "1.0.0",
        "digest": small().digest,
    }
    assert answer["answers"]["ci"] == "none"
    assert answer["files"] == list(tree(folder / "churn"))
    assert answer["wiring"] is None
    assert answer["next_steps"] == ["cd churn", "make test"]


def test_answers_come_from_a_file(folder: Path) -> None:
    (folder / "answers.yaml").write_text("workers: 7\n", encoding="utf-8")
    assert main(["new", "small", "churn", "--answers", "answers.yaml"]) == 0
    assert "WORKERS = 7\n" in (folder / "churn/src/churn/__init__.py").read_text("utf-8")


def test_the_wiring_of_an_environment_is_written_with_the_project(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    assert main(["new", "small", "churn", "--environment", "dev"]) == 0
    assert "Its wiring to the platform is in wiring/dev.json.\n" in capsys.readouterr().out
    wiring = json.loads((folder / "churn" / "wiring" / "dev.json").read_text("utf-8"))
    assert wiring["environment"] == "dev"
    assert wiring["project"] == "churn"
    assert set(wiring["values"]) == {
        "ExperimentTracker.uri",
        "ObjectStore.data_url",
        "ObjectStore.region",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--environment", "development"], "environment"),
        (["--environment", "../dev"], "environment"),
        (["--environment", "dev", "-f", "other.yaml"], "other.yaml"),
        (["--environment", "dev", "--use", "ObjectStore=other"], "ObjectStore"),
        (["--environment", "local"], "local"),
    ],
)
def test_wrong_wiring_writes_nothing(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    assert main(["new", "small", "churn", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["blueprint.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["smal", "churn"],
            'error: no template is called "smal"; there are: small. Did you mean small?\n'
            "1 problem.\n",
        ),
        (
            ["small", "churn", "--set", "workers=0", "--set", "gide=true"],
            "error: workers: 0 is below 1; a whole number from 1 to 16 is expected.\n"
            "error: gide: there is no such key; known keys are: project_slug, package_name,"
            " description, author, ci, guide, workers. Did you mean guide?\n"
            "2 problems.\n",
        ),
        (
            ["small", "."],
            "error: .: this is the working directory, which cannot be replaced."
            " Name a folder that does not exist, or an empty one.\n1 problem.\n",
        ),
        (
            ["small", "churn", "-f", "other.yaml"],
            "error: -f and --use go with --environment.\nSee 'stackwright new --help'.\n",
        ),
        (
            ["small", "churn", "--environment", "dev", "--use", "ObjectStore"],
            "error: --use ObjectStore: CONTRACT=INSTANCE is expected.\n"
            "See 'stackwright new --help'.\n",
        ),
        (
            ["small", ""],
            "error: DIR is empty; name a folder that does not exist.\n"
            "See 'stackwright new --help'.\n",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", *arguments]) == 2
    assert capsys.readouterr() == ("", said)
    assert list(folder.iterdir()) == []


def test_a_project_is_never_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "small", "churn"]) == 0
    before = tree(folder)
    assert main(["new", "small", "churn", "--set", "workers=9"]) == 2
    assert "this folder is not empty, and nothing is overwritten" in capsys.readouterr().err
    assert tree(folder) == before
