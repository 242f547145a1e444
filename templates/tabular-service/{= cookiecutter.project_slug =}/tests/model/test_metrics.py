"""Figures of agreement between scores and labels."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from {= cookiecutter.package_name =}.model.metrics import area, measure


def test_the_figures_are_those_of_scikit_learn() -> None:
    labels = np.array([0, 1, 0, 1, 1, 0, 1])
    scores = np.array([0.2, 0.7, 0.6, 0.4, 0.9, 0.1, 0.8])
    found = measure(labels, scores, 0.5)
    decided = scores >= 0.5
    assert found.auc == pytest.approx(roc_auc_score(labels, scores))
    assert found.precision == pytest.approx(precision_score(labels, decided))
    assert found.recall == pytest.approx(recall_score(labels, decided))
    assert found.f1 == pytest.approx(f1_score(labels, decided))
    assert (found.rows, found.positives) == (7, 4)


@pytest.mark.parametrize("label", [0, 1])
def test_the_area_of_one_label_is_not_defined(label: int) -> None:
    found = measure(np.array([label, label]), np.array([0.1, 0.9]), 0.5)
    assert found.auc is None
    assert "auc" not in found.values()


def test_a_model_that_finds_nothing_has_no_precision_and_no_recall() -> None:
    found = measure(np.array([0, 1]), np.array([0.1, 0.2]), 0.5)
    assert (found.precision, found.recall, found.f1) == (0, 0, 0)


def test_no_rows_have_no_area_and_cannot_be_measured() -> None:
    nothing = np.array([], dtype=np.int64)
    assert area(nothing, np.array([])) is None
    with pytest.raises(ValueError, match="no rows"):
        measure(nothing, np.array([]), 0.5)
