"""How good the model's answers were, for those predictions whose true label came in."""

from __future__ import annotations

from collections.abc import Sequence

from .report import PerformanceReport


def measure_performance(
    scores: Sequence[float], labels: Sequence[int], *, threshold: float, minimum_auc: float
) -> PerformanceReport | None:
    """Compare scores (0 to 1) with true labels (0 or 1), both in one order.

    Args:
        scores: what the model answered.
        labels: what came true.
        threshold: a score of at least this was decided as 1.
        minimum_auc: the area under the ROC curve that the gate asks for; reported beside.

    Returns:
        ``None`` when there is no labelled prediction.
    """
    if not labels:
        return None
    import numpy

    from ..model.metrics import measure

    measured = measure(numpy.array(labels), numpy.array(scores, dtype=float), threshold)
    return PerformanceReport(
        rows=measured.rows,
        auc=measured.auc,
        precision=measured.precision,
        recall=measured.recall,
        positive_rate=measured.positives / measured.rows,
        minimum_auc=minimum_auc,
    )
