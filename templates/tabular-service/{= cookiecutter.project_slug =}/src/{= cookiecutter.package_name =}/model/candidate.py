"""A candidate: a model that was fitted and measured, and is not registered yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .bundle import Bundle
from .metrics import Metrics


@dataclass(frozen=True)
class Candidate:
    """A fitted model with all that was measured of it on the validation rows."""

    bundle: Bundle
    metrics: Metrics
    slices: Mapping[str, Metrics]
    baseline_feature: str
    baseline_auc: float | None
    rows: Mapping[str, int]
