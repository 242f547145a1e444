"""The model: a scikit-learn pipeline on a matrix of numbers, by position.

Its input is the float64 matrix of `DataContract.encode`: a number as it is, a category as its
position among the contract's values, NaN for what is missing. No pandas is needed to predict,
which makes a prediction of one row three times as fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .contract import ModelFeature
from .trusted import ModelKind

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def build_pipeline(kind: ModelKind, features: Sequence[ModelFeature], seed: int) -> Pipeline:
    """An unfitted pipeline for these features.

    A category becomes one column per value of the contract, so the model's shape does not depend on
    which values the data happens to hold; a missing or unknown value is none of them. A missing
    number is replaced by the median for `logistic`; `gradient-boosting` handles it by itself. Each
    feature must have a value in some row that the pipeline is fitted on.
    """
    from sklearn.pipeline import Pipeline

    numbers = [place for place, feature in enumerate(features) if feature.type == "number"]
    categories = [place for place, feature in enumerate(features) if feature.type == "category"]
    steps: list[tuple[str, Any]] = []
    if not categories:
        steps += _number_steps(kind)
    else:
        steps.append(("columns", _columns(kind, numbers, categories, features)))
    steps.append(("model", _estimator(kind, seed)))
    return Pipeline(steps)


def estimator_type(kind: ModelKind) -> Any:
    """The class of the pipeline's last step."""
    if kind == "logistic":
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier


def _estimator(kind: ModelKind, seed: int) -> Any:
    options: dict[str, Any] = {"random_state": seed}
    if kind == "logistic":
        options["max_iter"] = 1000
    else:
        # Shallow trees and slow steps: a few hundred rows are soon learnt by heart.
        options |= {"max_iter": 100, "learning_rate": 0.05, "max_depth": 3}
        options |= {"min_samples_leaf": 20, "l2_regularization": 5.0}
    return estimator_type(kind)(**options)


def _number_steps(kind: ModelKind) -> list[tuple[str, Any]]:
    if kind == "gradient-boosting":
        return []
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import StandardScaler

    return [
        ("impute", SimpleImputer(strategy="median")),
        ("scale", StandardScaler()),
    ]


def _columns(
    kind: ModelKind,
    numbers: Sequence[int],
    categories: Sequence[int],
    features: Sequence[ModelFeature],
) -> Any:
    import numpy as np
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder

    values = [np.arange(len(features[place].values or ()), dtype=float) for place in categories]
    one_hot = OneHotEncoder(categories=values, handle_unknown="ignore", sparse_output=False)
    steps = _number_steps(kind)
    parts: list[tuple[str, Any, list[int]]] = [("categories", one_hot, list(categories))]
    if numbers:
        parts.insert(0, ("numbers", Pipeline(steps) if steps else "passthrough", list(numbers)))
    return ColumnTransformer(parts, sparse_threshold=0)
