"""`stackwright template`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.templates.support import FIXTURES, small

from stackwright_cli import assets, main


@pytest.fixture
def _fixture_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "asset_folder", lambda name: FIXTURES)


@pytest.mark.usefixtures("_fixture_templates")
def test_templates_are_listed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "list"]) == 0
    assert capsys.readouterr() == (
        "small  1.0.0  A small project that has one file of each kind, for tests.\n",
        "",
    )


@pytest.mark.usefixtures("_fixture_templates")
def test_the_list_as_json_is_versioned(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "list", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "stackwright.templates/v1",
        "templates": [
            {
                "name": "small",
                "title": "Small project",
                "summary": "A small project that has one file of each kind, for tests.",
                "version": "1.0.0",
                "digest": small().digest,
            }
        ],
    }


@pytest.mark.usefixtures("_fixture_templates")
def test_a_template_is_shown_with_questions_wiring_and_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["template", "show", "small"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "small 1.0.0: Small project"
    for line in (
        "  project_slug: Name of the project",
        "      It names the project's folder and its image.",
        "      Allowed: a whole number from 1 to 16. Default: 2",
        "      Allowed: one of github, none. Default: github",
        "      github: GitHub Actions",
        "      Allowed: true or false. Default: true",
        "  ExperimentTracker.uri (required)",
        "  ObjectStore.region (optional)",
        "Files (14, with the defaults)",
        "  src/small_project/__init__.py",
    ):
        assert line in lines


@pytest.mark.usefixtures("_fixture_templates")
def test_a_template_as_json_has_what_is_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "show", "small", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "stackwright.template/v1"
    assert answer["name"] == "small"
    keys = [question["key"] for question in answer["questions"]]
    assert keys == list(small().manifest.questions)
    (ci,) = (question for question in answer["questions"] if question["key"] == "ci")
    assert ci == {
        "key": "ci",
        "kind": "choice",
        "prompt": "Continuous integration",
        "help": None,
        "default": "github",
        "allowed": "one of github, none",
        "choices": {"github": "GitHub Actions", "none": "None of it"},
    }
    assert answer["wiring"]["ObjectStore"] == {"data_url": "required", "region": "optional"}
    assert ".github/workflows/checks.yml" in answer["files"]


@pytest.mark.usefixtures("_fixture_templates")
def test_an_unknown_template_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "show", "smal"]) == 2
    assert capsys.readouterr() == (
        "",
        'error: no template is called "smal"; there are: small. Did you mean small?\n1 problem.\n',
    )


def test_the_templates_that_ship_can_be_listed_and_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["template", "list", "--format", "json"]) == 0
    names = [item["name"] for item in json.loads(capsys.readouterr().out)["templates"]]
    shipped = assets.asset_folder("templates")
    assert names == sorted(path.parent.name for path in Path(shipped).glob("*/template.yaml"))
    for name in names:
        assert main(["template", "show", name]) == 0
        capsys.readouterr()
