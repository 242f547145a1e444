"""The monitoring report: its form, and where it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from ..storage import Storage
    from .drift import Drift

SCHEMA = "monitoring-report/v1"
LATEST = "latest.json"
"""Key of the newest report; the service shows this one."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Window(_Part):
    """The time looked at, and its rows.

    ``rows`` counts the predictions of the champion, ``other_rows`` those of other versions (left
    out), ``rejected`` the log lines that could not be read. Drift is judged from ``minimum_rows``
    upwards.
    """

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    rows: int = Field(ge=0)
    other_rows: int = Field(ge=0)
    rejected: int = Field(ge=0)
    minimum_rows: int = Field(ge=0)

    @property
    def enough_rows(self) -> bool:
        """Whether there are rows enough to judge drift."""
        return self.rows >= self.minimum_rows


class FeatureReport(_Part):
    """Drift of one feature: population stability index, and probability by the named test."""

    psi: float
    p_value: float
    test: Literal["kolmogorov-smirnov", "chi-square"]
    drifted: bool


class DriftReport(_Part):
    """Drift of the input. Without enough rows it is not judged: no features, not drifted."""

    drifted: bool
    share: float
    features: dict[str, FeatureReport]


class PerformanceReport(_Part):
    """Performance on labelled predictions.

    ``auc`` (area under the ROC curve) is ``None`` when all labels are the same; ``minimum_auc`` is
    what the gate asks for. ``precision`` and ``recall`` are 0 where they are not defined.
    ``positive_rate`` is the share of the labels that are 1.
    """

    rows: int = Field(ge=1)
    auc: float | None
    precision: float
    recall: float
    positive_rate: float
    minimum_auc: float


class Report(_Part):
    """What one run of ``monitor`` found."""

    schema_: Literal["monitoring-report/v1"] = Field(alias="schema")
    time: AwareDatetime
    model: str
    model_version: int
    window: Window
    drift: DriftReport
    performance: PerformanceReport | None

    def document(self) -> dict[str, Any]:
        """The report as it is written: JSON types only."""
        return self.model_dump(mode="json", by_alias=True)


def drift_report(drift: Drift | None) -> DriftReport:
    """Turn a measured drift into its part of the report; ``None`` means it was not judged."""
    if drift is None:
        return DriftReport(drifted=False, share=0.0, features={})
    features = {
        name: FeatureReport.model_validate(asdict(feature))
        for name, feature in drift.features.items()
    }
    return DriftReport(drifted=drift.drifted, share=drift.share, features=features)


def read_report(document: Mapping[str, Any]) -> Report:
    """Check a report that was read back.

    Raises:
        ValueError: it is not a report of this schema.
    """
    return Report.model_validate(document)


def write_report(storage: Storage, report: Report) -> str:
    """Keep a report under its time and as the latest one; return its URL.

    The latest one is written last, so that it never names a report which is not there.
    """
    data = (json.dumps(report.document(), indent=2, sort_keys=True) + "\n").encode()
    key = f"{_stamp(report.time)}.json"
    storage.write(key, data)
    storage.write(LATEST, data)
    return storage.url(key)


def _stamp(time: datetime) -> str:
    return time.strftime("%Y%m%dT%H%M%S%fZ")
