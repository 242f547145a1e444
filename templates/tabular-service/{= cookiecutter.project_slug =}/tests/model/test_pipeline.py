"""The pipeline: numbers and categories by position, missing and unknown values, one seed."""

from typing import Literal

import numpy as np
import pytest

from {= cookiecutter.package_name =}.model.contract import ModelFeature
from {= cookiecutter.package_name =}.model.pipeline import build_pipeline

Kind = Literal["logistic", "gradient-boosting"]
NUMBER = ModelFeature(name="size", type="number")
COLOUR = ModelFeature(name="colour", type="category", values=("red", "green", "blue"))
KINDS = pytest.mark.parametrize("kind", ["logistic", "gradient-boosting"])


def rows(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Two hundred rows: a number that matters a little, a category that matters a lot."""
    generator = np.random.default_rng(seed)
    matrix = np.column_stack([generator.normal(size=200), generator.integers(0, 2, 200)])
    labels = (matrix[:, 0] + 4 * matrix[:, 1] + generator.normal(size=200) > 2).astype(np.int64)
    return matrix.astype(np.float64), labels


@KINDS
@pytest.mark.parametrize(
    "features", [(NUMBER, NUMBER), (NUMBER, COLOUR), (COLOUR, COLOUR)], ids=str
)
def test_any_mix_of_features_learns(kind: Kind, features: tuple[ModelFeature, ...]) -> None:
    matrix, labels = rows()
    if features[0] is COLOUR:
        matrix[:, 0] = matrix[:, 0] > 0
    pipeline = build_pipeline(kind, features, 1).fit(matrix, labels)
    assert pipeline.score(matrix, labels) > 0.85


@KINDS
def test_missing_and_unknown_values_get_an_answer(kind: Kind) -> None:
    matrix, labels = rows()
    pipeline = build_pipeline(kind, (NUMBER, COLOUR), 1).fit(matrix, labels)
    asked = np.array([[np.nan, 0.0], [0.0, np.nan], [np.nan, np.nan], [0.0, 2.0]])
    scores = pipeline.predict_proba(asked)[:, 1]
    assert np.isfinite(scores).all()
    # Blue was never seen, so it counts as no colour at all.
    assert scores[3] == pytest.approx(scores[1])


@KINDS
def test_the_same_seed_and_rows_give_the_same_scores(kind: Kind) -> None:
    matrix, labels = rows()
    first, second = (
        build_pipeline(kind, (NUMBER, COLOUR), 7).fit(matrix, labels).predict_proba(matrix)
        for _ in range(2)
    )
    assert (first == second).all()
