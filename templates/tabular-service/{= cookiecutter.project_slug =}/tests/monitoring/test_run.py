"""The monitor is quiet on the training data, finds moved input, and says what it cannot judge."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.model.contract import ModelFeature
from {= cookiecutter.package_name =}.monitoring.gauges import lines
from {= cookiecutter.package_name =}.monitoring.report import (
    LATEST,
    read_report,
)
from {= cookiecutter.package_name =}.monitoring.run import monitor, numbers
from {= cookiecutter.package_name =}.project import Project

SOON = timedelta(seconds=5)


def _now() -> datetime:
    return datetime.now(UTC) + SOON


def _run(
    project: Project, monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, dict[str, Any]]:
    monkeypatch.setenv("PROJECT_ROOT", str(project.root))
    code = main(["monitor", "--format", "json", *arguments])
    report = project.storage("reports").read(LATEST)
    document: dict[str, Any] = json.loads(report)
    return code, document


def test_unmoved_traffic_is_quiet_and_its_labels_give_the_performance(
    promoted_project: Project, log_traffic: Any
) -> None:
    log_traffic(promoted_project, 200)
    report = monitor(promoted_project, _now())
    assert (report.window.rows, report.drift.drifted) == (200, False)
    assert len(report.drift.features) == 8
    assert report.performance is not None
    assert (report.performance.rows, report.performance.auc) == (200, 1.0)


def test_moved_traffic_is_found_and_the_command_says_no(
    promoted_project: Project, log_traffic: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    log_traffic(promoted_project, 200, shift=1.0, labels=False)
    code, document = _run(promoted_project, monkeypatch)
    printed = capsys.readouterr()
    assert code == 3
    assert "the input has drifted: 8 of 8 features" in printed.err
    assert json.loads(printed.out) == document
    report = read_report(document)
    assert (report.drift.drifted, report.drift.share, report.performance) == (True, 1.0, None)
    text = lines(document)
    values = {family.name: family.samples for family in text_string_to_metric_families(text)}
    assert values["model_drift_detected"][0].value == 1
    assert _run(promoted_project, monkeypatch, "--report-only")[0] == 0


def test_too_few_rows_are_said_and_are_not_drift(
    promoted_project: Project, log_traffic: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    log_traffic(promoted_project, 99, shift=3.0)
    monkeypatch.setenv("PROJECT_ROOT", str(promoted_project.root))
    assert main(["monitor"]) == 0
    assert "not enough rows: 99, and 100 are needed" in capsys.readouterr().out


def test_only_the_champions_predictions_in_the_window_count(
    promoted_project: Project, log_traffic: Any
) -> None:
    log_traffic(promoted_project, 150, version=7)
    log_traffic(promoted_project, 120)
    report = monitor(promoted_project, _now())
    assert (report.window.rows, report.window.other_rows) == (120, 150)
    assert monitor(promoted_project, _now() + timedelta(hours=2), 1).window.rows == 0


def test_without_a_champion_the_command_says_what_to_run(trained_project: Project) -> None:
    with pytest.raises(InputError, match="promote"):
        monitor(trained_project, _now())


def test_categories_become_positions_and_what_does_not_fit_is_missing() -> None:
    plan = ModelFeature(name="plan", type="category", values=("basic", "gold"))
    assert numbers(plan, ["gold", "basic", "other", None, 3.0]) == [1.0, 0.0, 2.0, None, None]
    usage = ModelFeature(name="usage", type="number")
    assert numbers(usage, [1.5, None, "x"]) == [1.5, None, None]
