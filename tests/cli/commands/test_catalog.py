"""`stackwright catalog`."""

from __future__ import annotations

import json

import pytest

from stackwright_cli import main


def test_all_capabilities_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog"]) == 0
    out = capsys.readouterr().out
    assert "tracking: Experiments, runs, models and their versions.\n  mlflow  MLflow" in out


def test_one_tool_is_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "tracking/mlflow"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("tracking/mlflow: MLflow: ")
    assert "  Wiring:   artifact_root, uri\n" in out


def test_it_answers_scripts_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "storage/s3", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "stackwright.catalog/v1"
    assert (answer["tool"]["kind"], answer["tool"]["gives"]) == ("s3", "ObjectStore")


def test_an_unknown_tool_is_wrong_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "tracking/mlfow"]) == 2
    assert capsys.readouterr() == (
        "",
        "error: no tool for tracking is called mlfow; there are: mlflow. Did you mean mlflow?\n"
        "1 problem.\n",
    )
