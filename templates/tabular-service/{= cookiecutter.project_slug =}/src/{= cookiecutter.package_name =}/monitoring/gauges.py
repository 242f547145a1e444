"""The monitoring report as gauges in Prometheus' text format; the service adds them to its own.

Every gauge carries the label ``model``, so that several projects can share one Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .report import Report, read_report

HELP = {
    "model_monitor_last_success_timestamp_seconds": "When the last monitoring run ended well.",
    "model_monitor_rows": "Predictions of the champion in the monitored window.",
    "model_monitor_minimum_rows": "Rows from which drift is judged.",
    "model_monitor_rejected_lines": "Prediction log lines in the window that could not be read.",
    "model_monitor_version": "Number of the model version that was monitored.",
    "model_drift_detected": "1 when the input has drifted, else 0. Absent without enough rows.",
    "model_drift_share": "Share of features that drifted, 0 to 1. Absent without enough rows.",
    "model_drift_psi": "Population stability index of a feature against the training data.",
    "model_drift_p_value": "Probability of the feature's difference without any drift.",
    "model_performance_rows": "Predictions in the window whose true label is known.",
    "model_performance_auc": "Area under the ROC curve on labelled predictions.",
    "model_performance_auc_minimum": "Area under the ROC curve that the gate asks for.",
    "model_performance_precision": "Share of positive decisions that were right.",
    "model_performance_recall": "Share of positive labels that were found.",
    "model_performance_positive_rate": "Share of labelled predictions whose label is positive.",
}
"""Every gauge of the report with its help text."""

Sample = tuple[Mapping[str, str], float]


def lines(report: Mapping[str, Any]) -> str:
    """Return the gauges of a monitoring report, ready to be added to a ``/metrics`` answer.

    Raises:
        ValueError: the report is not one of schema ``monitoring-report/v1``.
    """
    checked = read_report(report)
    samples = _samples(checked)
    return "".join(
        _family(name, checked.model, samples[name]) for name in HELP if samples.get(name)
    )


def _samples(report: Report) -> dict[str, list[Sample]]:
    single: dict[str, float | None] = {
        "model_monitor_last_success_timestamp_seconds": report.time.timestamp(),
        "model_monitor_rows": report.window.rows,
        "model_monitor_minimum_rows": report.window.minimum_rows,
        "model_monitor_rejected_lines": report.window.rejected,
        "model_monitor_version": report.model_version,
    }
    many: dict[str, list[Sample]] = {}
    if report.window.enough_rows:
        single["model_drift_detected"] = float(report.drift.drifted)
        single["model_drift_share"] = report.drift.share
        features = report.drift.features.items()
        many["model_drift_psi"] = [({"feature": name}, item.psi) for name, item in features]
        many["model_drift_p_value"] = [({"feature": name}, item.p_value) for name, item in features]
    if report.performance is not None:
        single |= {
            "model_performance_rows": report.performance.rows,
            "model_performance_auc": report.performance.auc,
            "model_performance_auc_minimum": report.performance.minimum_auc,
            "model_performance_precision": report.performance.precision,
            "model_performance_recall": report.performance.recall,
            "model_performance_positive_rate": report.performance.positive_rate,
        }
    known: dict[str, list[Sample]] = {
        name: [({}, float(value))] for name, value in single.items() if value is not None
    }
    return known | many


def _family(name: str, model: str, samples: Iterable[Sample]) -> str:
    text = f"# HELP {name} {HELP[name]}\n# TYPE {name} gauge\n"
    for labels, value in samples:
        pairs = {"model": model} | dict(labels)
        inside = ",".join(f'{key}="{_escape(item)}"' for key, item in pairs.items())
        text += f"{name}{{{inside}}} {value!r}\n"
    return text


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
