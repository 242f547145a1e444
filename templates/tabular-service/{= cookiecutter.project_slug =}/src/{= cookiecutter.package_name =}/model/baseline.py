"""What a model must beat: the same kind of model on the one feature that says most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .contract import ModelFeature
from .metrics import area

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline


@dataclass(frozen=True)
class Baseline:
    """A logistic model of one feature."""

    feature: str
    place: int
    pipeline: Pipeline

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability of label 1 for each row of the matrix of all features."""
        column = matrix[:, [self.place]]
        scores: NDArray[np.float64] = self.pipeline.predict_proba(column)[:, 1]
        return scores


def fit_baseline(
    features: Sequence[ModelFeature],
    matrix: NDArray[np.float64],
    labels: NDArray[np.int64],
    seed: int,
) -> Baseline:
    """Fit one model per feature and return the one that orders the training rows best."""
    from .pipeline import build_pipeline

    fitted = [
        Baseline(
            feature.name,
            place,
            build_pipeline("logistic", [feature], seed).fit(matrix[:, [place]], labels),
        )
        for place, feature in enumerate(features)
    ]
    return max(fitted, key=lambda baseline: area(labels, baseline.predict(matrix)) or 0.0)
