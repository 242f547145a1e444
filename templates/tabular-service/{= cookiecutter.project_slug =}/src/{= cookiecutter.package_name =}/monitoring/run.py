"""One run of the monitor: looks at recent predictions and says what it found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .. import PROJECT
from ..data.predictions import Label, Prediction, Value, read_labels, read_predictions
from .drift import DriftRule, Kind, measure_drift
from .performance import measure_performance
from .report import (
    SCHEMA,
    DriftReport,
    PerformanceReport,
    Report,
    Window,
    drift_report,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.contract import ModelContract, ModelFeature
    from ..project import Project
    from ..settings import MonitoringSettings


def monitor(project: Project, now: datetime, window_hours: float | None = None) -> Report:
    """Compare the champion's recent predictions with its training data and with their labels.

    Predictions of other versions in the window are counted and left out: their answers say nothing
    about the champion, and after a change of version drift starts to be judged afresh.

    Args:
        project: gives settings, registry and storages.
        now: the end of the window, aware of its zone.
        window_hours: length of the window; by default that of the settings.

    Raises:
        InputError: there is no champion.
        ModelRefused: the champion's files are not those that were registered.
        ProjectError: the registry or a storage could not be reached.
    """
    from ..registry.versions import CHAMPION, Registry

    settings = project.settings
    registry = Registry(project)
    champion = registry.require(CHAMPION)
    contract = registry.contract(champion)
    start = now - timedelta(hours=window_hours or settings.monitoring.window_hours)
    predictions = read_predictions(project.storage("predictions"), start, now)
    rows = [row for row in predictions.rows if row.model_version == champion.number]
    labels = read_labels(project.storage("labels")).by_prediction
    window = Window.model_validate(
        {
            "from": start,
            "to": now,
            "rows": len(rows),
            "other_rows": len(predictions.rows) - len(rows),
            "rejected": predictions.rejected,
            "minimum_rows": settings.monitoring.minimum_rows,
        }
    )
    return Report.model_validate(
        {
            "schema": SCHEMA,
            "time": now,
            "model": PROJECT,
            "model_version": champion.number,
            "window": window,
            "drift": _drift(contract, rows, settings.monitoring, judged=window.enough_rows),
            "performance": _performance(contract, rows, labels, settings.gate.minimum_auc),
        }
    )


def _drift(
    contract: ModelContract,
    rows: Sequence[Prediction],
    settings: MonitoringSettings,
    *,
    judged: bool,
) -> DriftReport:
    if not judged:
        return drift_report(None)
    features = {feature.name: feature for feature in contract.features if not feature.personal}
    reference = {
        name: numbers(feature, contract.reference[name]) for name, feature in features.items()
    }
    window = {
        name: numbers(feature, (row.features.get(name) for row in rows))
        for name, feature in features.items()
    }
    kinds: dict[str, Kind] = {name: feature.type for name, feature in features.items()}
    rule = DriftRule(
        psi_threshold=settings.psi_threshold,
        ks_p=settings.ks_p,
        drifted_share=settings.drifted_share,
    )
    return drift_report(measure_drift(reference, window, kinds, rule))


def numbers(feature: ModelFeature, values: Iterable[Value]) -> list[float | None]:
    """Return values of a feature as numbers; a category is its position, an unknown one the last.

    What is not of the feature's type counts as missing.
    """
    if feature.values is None:
        return [None if isinstance(value, str) else value for value in values]
    places = {value: float(place) for place, value in enumerate(feature.values)}
    unknown = float(len(places))
    return [places.get(value, unknown) if isinstance(value, str) else None for value in values]


def _performance(
    contract: ModelContract,
    rows: Sequence[Prediction],
    labels: Mapping[str, Label],
    minimum_auc: float,
) -> PerformanceReport | None:
    known = [row for row in rows if row.prediction_id in labels]
    return measure_performance(
        [row.score for row in known],
        [labels[row.prediction_id].value for row in known],
        threshold=contract.threshold,
        minimum_auc=minimum_auc,
    )
