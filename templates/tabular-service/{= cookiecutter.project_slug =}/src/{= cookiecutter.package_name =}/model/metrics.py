"""Figures that say how well scores agree with labels."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Metrics:
    """How well the scores of some rows agree with their labels.

    `auc` is the area under the ROC curve: 0.5 is chance, 1 is perfect; None when the rows hold one
    label only. `brier` is the mean squared error of the scores (0 is perfect). The others compare
    the decision at the threshold with the label; all are between 0 and 1.
    """

    rows: int
    positives: int
    auc: float | None
    brier: float
    accuracy: float
    precision: float
    recall: float
    f1: float

    def values(self) -> dict[str, float]:
        """Name and value of each figure that is defined."""
        return {name: float(value) for name, value in asdict(self).items() if value is not None}


def area(labels: NDArray[np.int64], scores: NDArray[np.float64]) -> float | None:
    """The area under the ROC curve; None when the rows hold one label only, or there are none."""
    from sklearn.metrics import roc_auc_score

    positives = int((labels == 1).sum())
    if positives in (0, len(labels)):
        return None
    return float(roc_auc_score(labels, scores))


def measure(labels: NDArray[np.int64], scores: NDArray[np.float64], threshold: float) -> Metrics:
    """Compare the scores of some rows with their labels.

    Args:
        labels: 0 or 1 for each row.
        scores: The model's probability of 1 for each row.
        threshold: A row is decided as 1 when its score is at least this.

    Raises:
        ValueError: There are no rows.
    """
    from sklearn.metrics import brier_score_loss

    if len(labels) == 0:
        raise ValueError("no rows to measure")
    decided = scores >= threshold
    positive = labels == 1
    found = int((decided & positive).sum())
    precision = found / int(decided.sum()) if decided.any() else 0.0
    recall = found / int(positive.sum()) if positive.any() else 0.0
    both = precision + recall
    return Metrics(
        rows=len(labels),
        positives=int(positive.sum()),
        auc=area(labels, scores),
        brier=float(brier_score_loss(labels, scores, pos_label=1)),
        accuracy=float((decided == positive).mean()),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / both if both else 0.0,
    )
