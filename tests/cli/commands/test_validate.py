"""`stackwright validate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackwright_cli import main


def test_a_valid_blueprint_is_told_with_its_environments(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate"]) == 0
    assert capsys.readouterr() == (
        "blueprint.yaml is valid: 2 environments (dev, prod).\n",
        "",
    )


def test_every_problem_is_listed_with_its_place(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = blueprint.read_text(encoding="utf-8")
    text = text.replace("zones: [a, b]", "zone: [a, b]").replace("400", "12")
    blueprint.write_text(text, encoding="utf-8")
    assert main(["validate"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, second, count = err.splitlines()
    assert first.startswith("error: blueprint.yaml:4:22: network.zone: there is no such key")
    assert second == (
        "error: blueprint.yaml:9:35: environments.prod.storage.log_retention_days: "
        "12 is below 184; a whole number from 184 to 3650 is expected."
    )
    assert count == "2 problems."


def test_json_of_a_valid_blueprint(blueprint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "stackwright.validation/v1",
        "file": "blueprint.yaml",
        "valid": True,
        "environments": ["dev", "prod"],
        "problems": [],
    }


def test_json_of_a_wrong_blueprint_goes_to_standard_output(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blueprint.write_text("name: a: b", encoding="utf-8")
    assert main(["validate", "--format", "json"]) == 2
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert err == ""
    assert answer["valid"] is False
    (problem,) = answer["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == ("blueprint.yaml", 1, 8)


def test_a_missing_file_is_wrong_input(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "blueprnt.yaml").touch()
    assert main(["validate"]) == 2
    assert capsys.readouterr().err == (
        "error: blueprint.yaml: there is no such file. Did you mean blueprnt.yaml?\n1 problem.\n"
    )


def test_another_file_is_read_when_it_is_named(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = blueprint.rename(blueprint.with_name("other.yaml"))
    assert main(["validate", "-f", other.name]) == 0
    assert capsys.readouterr().out.startswith("other.yaml is valid")
