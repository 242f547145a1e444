"""`stackwright explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackwright_cli import main


def test_a_key_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "profile"]) == 0
    assert capsys.readouterr().out.startswith(
        "profile\n"
        "  Set of defaults for what is not written: `development` or `production`.\n"
        "  Type:     one of development, production\n"
        "  Default:  production\n"
        "  Allowed:  development  Smaller and cheaper, still encrypted and private.\n"
        "            production   Survives the loss of a zone, keeps backups, refuses accidental"
        " deletion.\n"
        "  Example:  profile: production\n"
        "  Defaults that differ by profile:"
    )


def test_without_a_key_the_top_keys_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("apiVersion ")
    assert out.endswith("`stackwright explain KEY` says more of one.\n")


def test_a_key_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "target.account", "--format", "json"]) == 0
    (key,) = json.loads(capsys.readouterr().out)["keys"]
    assert (key["path"], key["example_only"]) == ("target.account", True)


def test_an_unknown_key_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "tracking.replica"]) == 2
    assert capsys.readouterr() == (
        "",
        "error: no key is called tracking.replica. Did you mean tracking.replicas?\n1 problem.\n",
    )


def test_each_effective_value_says_where_it_came_from(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "--effective", "-e", "prod"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[:5] == [
        "name: acme-ml # blueprint.yaml:2",
        "target:",
        "kind: aws # blueprint.yaml:3",
        "region: eu-west-1 # blueprint.yaml:3",
        'account: "210987654321" # blueprint.yaml:3',
    ]
    assert "log_retention_days: 400 # blueprint.yaml:9" in lines
    assert "noncurrent_version_days: 90 # profile" in lines
    assert "nat: per-zone # profile" in lines
    assert "flow_log_retention_days: 365 # default" in lines
    assert "profile: production # default" in lines


def test_effective_values_follow_the_environment(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "--effective", "-e", "dev", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    values = {
        item["path"]: (item["value"], item["source"], item["line"]) for item in answer["values"]
    }
    assert answer["schema"] == "stackwright.effective/v1"
    assert answer["environment"] == "dev"
    assert values["profile"] == ("development", "written", 7)
    assert values["network.nat"] == ("one", "profile", 0)
    assert values["network.zones"] == (["a", "b"], "written", 4)


def test_an_example_is_marked(blueprint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = blueprint.read_text(encoding="utf-8").replace("210987654321", "123456789012")
    blueprint.write_text(text, encoding="utf-8")
    assert main(["explain", "--effective", "-e", "dev"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "account" in line]
    assert line.endswith("# blueprint.yaml:3, example, to be replaced")


def test_an_environment_must_be_named_among_several(
    blueprint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "--effective"]) == 2
    assert capsys.readouterr().err == (
        "error: blueprint.yaml: no environment was named; there are: dev, prod. "
        "Name one with -e.\n1 problem.\n"
    )


def test_a_key_and_an_environment_are_two_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "profile", "--effective"]) == 2
    assert "give a KEY or --effective, not both." in capsys.readouterr().err
