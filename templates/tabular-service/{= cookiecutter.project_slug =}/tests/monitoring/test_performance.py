"""Performance is measured on labelled predictions only, and undefined figures stay out."""

from __future__ import annotations

import pytest

from {= cookiecutter.package_name =}.monitoring.performance import (
    measure_performance,
)


def test_the_figures_are_those_counted_by_hand() -> None:
    scores, labels = [0.9, 0.8, 0.4, 0.2, 0.1], [1, 0, 1, 0, 0]
    measured = measure_performance(scores, labels, threshold=0.5, minimum_auc=0.7)
    assert measured is not None
    assert measured.auc == pytest.approx(5 / 6)
    assert (measured.rows, measured.precision, measured.recall) == (5, 0.5, 0.5)
    assert measured.positive_rate == pytest.approx(0.4)
    assert measured.minimum_auc == 0.7


def test_no_labels_means_no_performance() -> None:
    assert measure_performance([], [], threshold=0.5, minimum_auc=0.7) is None


def test_one_class_only_has_no_area_under_the_curve() -> None:
    measured = measure_performance([0.1, 0.2], [0, 0], threshold=0.5, minimum_auc=0.7)
    assert measured is not None
    assert (measured.rows, measured.auc) == (2, None)
