"""Status tells where the project stands; what cannot be read says so and hides nothing else."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.monitoring.report import Report, write_report
from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.retraining.runs import Runs
from {= cookiecutter.package_name =}.status import status


def test_a_new_project_has_nothing_yet(project: Project) -> None:
    assert status(project) == {
        "environment": {
            "name": "local",
            "production": False,
            "wiring": {"ExperimentTracker.uri": "known", "ObjectStore.data_url": "known"},
        },
        "data": None,
        "models": None,
        "report": None,
        "retraining": None,
    }
    assert not (project.root / "state").exists()


def test_prepared_data_are_named(prepared_project: Project) -> None:
    data = status(prepared_project)["data"]
    assert data["tables"]["holdout"]["rows"] == 88
    assert len(data["version"]) == 64


def test_a_broken_part_says_so_and_the_others_are_told(prepared_project: Project) -> None:
    prepared_project.storage("reports").write("latest.json", b"{}")
    answer = status(prepared_project)
    assert answer["report"]["problem"].endswith("latest.json: is no monitoring report")
    assert answer["data"]["tables"]["train"]["rows"] == 266


def test_the_last_report_and_the_last_retraining_are_told(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    report = Report.model_validate(
        {
            "schema": "monitoring-report/v1",
            "time": now,
            "model": "m",
            "model_version": 3,
            "window": {
                "from": now,
                "to": now,
                "rows": 120,
                "other_rows": 0,
                "rejected": 0,
                "minimum_rows": 100,
            },
            "drift": {"drifted": True, "share": 0.5, "features": {}},
            "performance": {
                "rows": 50,
                "auc": 0.75,
                "precision": 1,
                "recall": 1,
                "positive_rate": 0.5,
                "minimum_auc": 0.7,
            },
        }
    )
    write_report(project.storage("reports"), report)
    Runs(project.storage("retraining")).begin(now, timedelta())
    monkeypatch.setenv("PROJECT_ROOT", str(project.root))
    assert main(["status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    told = "drift, AUC 0.750, model version 3; 2026-11-21T10:00:00+00:00"
    assert f"report       {told}" in lines
    retraining = "started 2026-11-21T10:00:00+00:00, not ended: no outcome"
    assert f"retraining   {retraining}" in lines


def test_the_champion_and_its_gate_are_told(
    promoted_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROJECT_ROOT", str(promoted_project.root))
    assert main(["status", "--format", "json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert models["champion"] == {"version": 1, "gate": "passed"}
    assert main(["status"]) == 0
    assert "champion     version 1, gate: passed" in capsys.readouterr().out


def test_pending_wiring_is_told(
    project_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from {= cookiecutter.package_name =} import PROJECT

    values = {"ObjectStore.data_url": {"state": "pending", "from": "an output"}}
    wiring = {
        "schema": "stackwright.project-wiring/v1",
        "platform": "acme-ml",
        "environment": "dev",
        "project": PROJECT,
        "production": True,
        "values": values,
    }
    (project_root / "wiring").mkdir()
    file = project_root / "wiring" / "dev.json"
    file.write_text(json.dumps(wiring), encoding="utf-8")
    monkeypatch.setenv("PROJECT_ROOT", str(project_root))
    assert main(["-e", "dev", "status"]) == 0
    text = capsys.readouterr().out
    assert "dev (production: promotions need approval)" in text
    assert "wiring       1 values, pending: ObjectStore.data_url" in text
    assert "ObjectStore.data_url is not known yet" in text
