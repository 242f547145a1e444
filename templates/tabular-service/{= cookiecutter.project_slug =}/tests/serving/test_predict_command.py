import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.data.label_import import import_labels
from {= cookiecutter.package_name =}.model.contract import (
    ModelContract,
    model_features,
)
from {= cookiecutter.package_name =}.project import Project

ROW = {"bmi": 25, "bp": 90, "s1": 180, "s2": 100, "s3": 50, "s4": 4, "s5": 4.6, "s6": 90}


@pytest.fixture
def contract(contract: ModelContract, prepared_project: Project) -> ModelContract:
    """The service of these tests takes the features of the shipped data contract."""
    features = model_features(prepared_project.contract)
    reference = {feature.name: () for feature in features}
    return contract.model_copy(update={"features": features, "reference": reference})


@pytest.fixture
def url(port: int, prepared_project: Project, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PROJECT_ROOT", str(prepared_project.root))
    return f"http://127.0.0.1:{port}"


def test_rows_of_a_file_are_predicted(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([ROW, ROW | {"bmi": 40}]))
    assert main(["predict", "--url", url, "--format", "json", str(file)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "predictions/v1"
    assert (answer["rows"], answer["positive"], answer["model_versions"]) == (2, 2, [1])
    assert [row["decision"] for row in answer["predictions"]] == [1, 1]


def test_rows_of_standard_input_are_predicted(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"rows": [ROW]})))
    assert main(["predict", "--url", url, "-"]) == 0
    captured = capsys.readouterr()
    assert captured.out.split()[1:] == ["0.5000", "1"]
    assert captured.err == "1 rows, 1 positive, by version 1\n"


def test_a_sample_brings_labels_that_can_be_imported(
    url: str, tmp_path: Path, prepared_project: Project
) -> None:
    labels, output = tmp_path / "labels.csv", tmp_path / "predictions.csv"
    options = ["--sample", "40", "--table", "train", "--shift", "bmi=1", "--shift", "s5=-0.5"]
    files = ["--labels", str(labels), "--output", str(output)]
    assert main(["predict", "--url", url, *options, *files]) == 0
    rows = list(csv.DictReader(io.StringIO(output.read_text())))
    imported = import_labels(prepared_project, labels)
    assert len(rows) == imported.rows == 40
    assert [row["prediction_id"] for row in rows] == [
        row["prediction_id"] for row in csv.DictReader(io.StringIO(labels.read_text()))
    ]
    assert 0 < imported.positive < 40


def test_a_service_that_does_not_run_is_a_failure(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", "--url", "http://127.0.0.1:1", "--sample", "1"]) == 1
    assert "http://127.0.0.1:1: cannot be asked: Connection refused" in capsys.readouterr().err


def test_rows_that_are_refused_are_wrong_input(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([ROW | {"bmi": 5}]))
    assert main(["predict", "--url", url, "--output", str(tmp_path / "o.csv"), str(file)]) == 2
    assert "rows[0].bmi: expected a finite number from 10 to 60" in capsys.readouterr().err
    assert [found.name for found in tmp_path.glob("*o.csv*")] == []


@pytest.mark.parametrize(
    ("arguments", "problems"),
    [
        ([], ["expected a FILE, `-` or --sample ROWS"]),
        (["x.json", "--sample", "1"], ["x.json: give either a FILE or --sample"]),
        (["x.txt"], ["x.txt: expected a name that ends in .csv or .json, or `-`"]),
        (["no.json"], ["no.json: is not there"]),
        (["x.json", "--shift", "bmi=1"], ["--shift: goes with --sample only"]),
        (["--sample", "1", "--shift", "bmi"], ["--shift bmi: expected FEATURE=K"]),
        (["--sample", "1", "--shift", "bmi=nan"], ["--shift bmi=nan: expected FEATURE=K"]),
        (["--sample", "1", "--labels", "x"], ["--labels: the gate judges on the holdout"]),
        (
            ["--sample", "1", "--output", "no-folder/x.txt"],
            ["the folder no-folder is not there", "ends in .csv or .json"],
        ),
    ],
)
def test_wrong_options_are_refused_before_anything_is_asked(
    url: str,
    call: Any,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    problems: list[str],
) -> None:
    assert main(["predict", "--url", url, *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    for problem in problems:
        assert problem in captured.err
    assert 'route="/predict"' not in call("GET", "/metrics")[1]
