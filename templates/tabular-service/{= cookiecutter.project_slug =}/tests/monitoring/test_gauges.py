"""The gauges are valid Prometheus text and say exactly what the report says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from {= cookiecutter.package_name =}.monitoring.gauges import HELP, lines
from {= cookiecutter.package_name =}.monitoring.report import (
    LATEST,
    read_report,
    write_report,
)
from {= cookiecutter.package_name =}.storage import Storage

FEATURE = {"psi": 0.31, "p_value": 1e-9, "test": "kolmogorov-smirnov", "drifted": True}


def _report(**changes: Any) -> dict[str, Any]:
    return {
        "schema": "monitoring-report/v1",
        "time": "2026-11-21T10:00:00Z",
        "model": "our-model",
        "model_version": 3,
        "window": {
            "from": "2026-11-20T10:00:00Z",
            "to": "2026-11-21T10:00:00Z",
            "rows": 200,
            "other_rows": 5,
            "rejected": 1,
            "minimum_rows": 100,
        },
        "drift": {"drifted": True, "share": 0.5, "features": {"bmi": FEATURE}},
        "performance": {
            "rows": 40,
            "auc": 0.75,
            "precision": 0.5,
            "recall": 0.25,
            "positive_rate": 0.4,
            "minimum_auc": 0.7,
        },
    } | changes


def _samples(text: str) -> dict[tuple[str, str], float]:
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge"
        assert family.documentation == HELP[family.name]
        for sample in family.samples:
            assert sample.labels["model"] == "our-model"
            found[sample.name, sample.labels.get("feature", "")] = sample.value
    return found


def test_every_gauge_says_what_the_report_says() -> None:
    moment = datetime(2026, 11, 21, 10, tzinfo=UTC).timestamp()
    assert _samples(lines(_report())) == {
        ("model_monitor_last_success_timestamp_seconds", ""): moment,
        ("model_monitor_rows", ""): 200,
        ("model_monitor_minimum_rows", ""): 100,
        ("model_monitor_rejected_lines", ""): 1,
        ("model_monitor_version", ""): 3,
        ("model_drift_detected", ""): 1,
        ("model_drift_share", ""): 0.5,
        ("model_drift_psi", "bmi"): 0.31,
        ("model_drift_p_value", "bmi"): 1e-9,
        ("model_performance_rows", ""): 40,
        ("model_performance_auc", ""): 0.75,
        ("model_performance_auc_minimum", ""): 0.7,
        ("model_performance_precision", ""): 0.5,
        ("model_performance_recall", ""): 0.25,
        ("model_performance_positive_rate", ""): 0.4,
    }


def test_without_enough_rows_nothing_is_said_about_drift() -> None:
    window = _report()["window"] | {"rows": 99}
    found = _samples(lines(_report(window=window)))
    assert not [name for name, _ in found if name.startswith("model_drift")]
    assert found["model_monitor_rows", ""] == 99


def test_without_labels_nothing_is_said_about_performance() -> None:
    found = _samples(lines(_report(performance=None)))
    assert not [name for name, _ in found if name.startswith("model_performance")]


@given(name=st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20))
def test_any_feature_name_comes_back_as_it_was(name: str) -> None:
    drift = {"drifted": False, "share": 0.0, "features": {name: FEATURE}}
    assert _samples(lines(_report(drift=drift)))["model_drift_psi", name] == 0.31


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "monitoring-report/v2"},
        {"time": "2026-11-21T10:00:00"},
        {"drift": {"drifted": True, "share": float("nan"), "features": {}}},
        {"more": 1},
    ],
)
def test_what_is_no_report_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Report"):
        lines(_report(**change))


def test_a_report_is_kept_under_its_time_and_as_the_latest(tmp_path: Path) -> None:
    storage = Storage(tmp_path.as_uri())
    write_report(storage, read_report(_report()))
    assert storage.list() == ["20261121T100000000000Z.json", LATEST]
    documents = [json.loads(storage.read(key)) for key in storage.list()]
    assert documents == [_report(), _report()]
