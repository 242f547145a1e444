"""The threshold: chosen by its rule, on the rows it is given."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.model.threshold import choose_threshold


def cost(
    labels: np.ndarray, scores: np.ndarray, threshold: float, missed: float, alarm: float
) -> float:
    decided = scores >= threshold
    misses = int((~decided & (labels == 1)).sum())
    alarms = int((decided & (labels == 0)).sum())
    return missed * misses + alarm * alarms


def test_a_clean_separation_is_cut_in_the_middle() -> None:
    labels, scores = np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.5, 0.9])
    chosen = choose_threshold(labels, scores, false_negative_cost=1, false_positive_cost=1)
    assert chosen.value == pytest.approx(0.4)
    assert "4 validation rows" in chosen.rule


def test_dear_misses_lower_the_threshold_and_dear_alarms_raise_it() -> None:
    labels = np.array([0, 1, 0, 1, 0, 1])
    scores = np.array([0.1, 0.2, 0.4, 0.5, 0.6, 0.9])
    careful = choose_threshold(labels, scores, false_negative_cost=10, false_positive_cost=1)
    strict = choose_threshold(labels, scores, false_negative_cost=1, false_positive_cost=10)
    assert careful.value == pytest.approx(0.15)
    assert strict.value == pytest.approx(0.75)


def test_rows_with_one_label_give_one_half_and_say_so() -> None:
    chosen = choose_threshold(
        np.array([1, 1]), np.array([0.2, 0.8]), false_negative_cost=1, false_positive_cost=1
    )
    assert chosen.value == 0.5
    assert "one label" in chosen.rule


@given(
    rows=st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=2, max_size=40),
    missed=st.floats(0.1, 10),
    alarm=st.floats(0.1, 10),
)
@example(rows=[(0, 0.0), (1, 5e-324)], missed=1.0, alarm=1.0)
@settings(deadline=None)
def test_no_score_is_a_cheaper_threshold(
    rows: list[tuple[int, float]], missed: float, alarm: float
) -> None:
    labels, scores = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    chosen = choose_threshold(labels, scores, false_negative_cost=missed, false_positive_cost=alarm)
    assert 0 <= chosen.value <= 1
    if len(set(labels)) == 2:
        ours = cost(labels, scores, chosen.value, missed, alarm)
        assert all(ours <= cost(labels, scores, other, missed, alarm) + 1e-6 for other in scores)
