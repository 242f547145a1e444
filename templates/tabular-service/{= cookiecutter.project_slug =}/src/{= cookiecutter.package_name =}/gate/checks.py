"""What a candidate must show, as comparisons of figures. Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model.metrics import Metrics
    from ..settings import GateSettings


@dataclass(frozen=True)
class Check:
    """One demand, and whether it is met.

    `value` is what was measured and `limit` what it is compared with, in area under the ROC curve;
    None where it is not defined. `detail` says in words what was compared, or why nothing was.
    """

    name: str
    passed: bool
    value: float | None
    limit: float | None
    detail: str


@dataclass(frozen=True)
class Areas:
    """The area of each model on the same rows; None where it is not defined.

    `champion` is None as well where there is none to compare with.
    """

    rows: int
    candidate: float | None
    champion: float | None = None
    baseline: float | None = None


def other_holdout(trained: str, judged: str) -> list[Check]:
    """A failed check where the candidate was trained with another holdout; else nothing.

    Rows of this holdout may be among those it was trained on. Both are SHA-256 of a holdout.
    """
    if trained == judged:
        return []
    detail = "trained when the holdout was another, so it may know these rows; train again"
    return [Check("other_holdout", False, None, None, detail)]


def minimum_auc(holdout: Areas, settings: GateSettings) -> Check:
    """The candidate orders the holdout's rows well enough."""
    return _at_least(
        "minimum_auc",
        holdout.candidate,
        settings.minimum_auc,
        f"area on {holdout.rows} holdout rows",
    )


def gain_over_baseline(
    holdout: Areas, settings: GateSettings, feature: str, features: int
) -> Check:
    """The candidate, with this many features, beats a model of one feature on the holdout."""
    gain = _difference(holdout.candidate, holdout.baseline)
    detail = f"gain over the baseline of one feature, {feature}"
    if holdout.baseline is not None:
        detail += f", whose area is {holdout.baseline:.3f}"
    if features == 1:
        detail += "; the model has no other: set gate.minimum_gain_over_baseline to 0 to allow that"
    return _at_least("gain_over_baseline", gain, settings.minimum_gain_over_baseline, detail)


def drop_from_champion(holdout: Areas, settings: GateSettings, without: str) -> Check:
    """The candidate is not much worse than the champion on the holdout.

    `without` says why there is no champion to compare with.
    """
    if holdout.champion is None:
        return Check("drop_from_champion", True, None, None, f"not compared: {without}")
    return _not_worse("drop_from_champion", holdout, settings, "holdout")


def recent_window(recent: Areas, settings: GateSettings, without: str) -> Check:
    """The candidate is not much worse than the champion on recent labelled rows.

    Rows are compared when there are as many as a slice must have, with both labels.
    """
    name = "recent_window"
    if recent.rows < settings.minimum_slice_rows:
        few = f"{recent.rows} recent labelled rows, {settings.minimum_slice_rows} are needed"
        return Check(name, True, None, None, f"not compared: {few}")
    if recent.candidate is None:
        return Check(name, True, None, None, "not compared: recent rows hold one label only")
    if recent.champion is None:
        return Check(name, True, recent.candidate, None, f"not compared: {without}")
    return _not_worse(name, recent, settings, "recent")


def slice_gaps(whole: Areas, slices: Mapping[str, Metrics], settings: GateSettings) -> list[Check]:
    """No group of rows is judged much worse than all rows.

    A group that is too small, or holds one label only, is reported but not judged.
    """
    return [_slice_gap(whole, name, metrics, settings) for name, metrics in slices.items()]


def _slice_gap(whole: Areas, group: str, metrics: Metrics, settings: GateSettings) -> Check:
    name = f"slice_gap ({group})"
    if metrics.rows < settings.minimum_slice_rows:
        few = f"{metrics.rows} rows, {settings.minimum_slice_rows} are needed"
        return Check(name, True, None, None, f"not judged: {few}")
    if metrics.auc is None or whole.candidate is None:
        return Check(name, True, None, None, f"not judged: {metrics.rows} rows with one label")
    limit = whole.candidate - settings.maximum_slice_gap
    return _at_least(name, metrics.auc, limit, f"area on {metrics.rows} holdout rows")


def _not_worse(name: str, areas: Areas, settings: GateSettings, rows: str) -> Check:
    champion = areas.champion
    limit = None if champion is None else champion - settings.maximum_drop_from_champion
    detail = f"area on {areas.rows} {rows} rows"
    if champion is not None:
        detail += f"; the champion's is {champion:.3f}"
    return _at_least(name, areas.candidate, limit, detail)


def _at_least(name: str, value: float | None, limit: float | None, detail: str) -> Check:
    # The small amount keeps a sum such as 0.8 - 0.1 from failing against 0.7.
    passed = value is not None and limit is not None and value >= limit - 1e-9
    if value is None:
        detail += ": not defined, as the rows hold one label only"
    return Check(name, passed, value, limit, detail)


def _difference(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other
