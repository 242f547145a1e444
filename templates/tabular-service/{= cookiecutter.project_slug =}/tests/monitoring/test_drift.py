"""Drift is quiet on the same data, fires on moved data, and says which feature."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes

from {= cookiecutter.package_name =}.monitoring.drift import (
    Drift,
    DriftRule,
    Kind,
    measure_drift,
    stability_index,
)

RULE = DriftRule(psi_threshold=0.2, ks_p=0.01, drifted_share=0.3)
FEATURES = ["bmi", "bp", "s1", "s3", "s5", "s6"]


def _diabetes() -> dict[str, numpy.ndarray]:
    table = load_diabetes(scaled=False)
    return {name: table.data[:, table.feature_names.index(name)] for name in FEATURES}


def _split(seed: int, moved: int = 0) -> Drift:
    data = _diabetes()
    order = numpy.random.default_rng(seed).permutation(442)
    reference = {name: list(values[order[:290]]) for name, values in data.items()}
    window = {name: list(values[order[290:]]) for name, values in data.items()}
    for name in FEATURES[:moved]:
        shift = 0.5 * float(numpy.std(data[name]))
        window[name] = [value + shift for value in window[name]]
    kinds: dict[str, Kind] = dict.fromkeys(FEATURES, "number")
    return measure_drift(reference, window, kinds, RULE)


def _one(reference: Sequence[float | None], window: Sequence[float | None], kind: Kind) -> Drift:
    return measure_drift({"x": reference}, {"x": window}, {"x": kind}, RULE)


def test_random_splits_of_the_same_data_raise_no_alarm() -> None:
    assert [seed for seed in range(100) if _split(seed).drifted] == []


def test_half_a_standard_deviation_on_three_of_six_features_is_found() -> None:
    found = [seed for seed in range(50) if _split(seed, moved=3).drifted]
    assert len(found) >= 48


def test_the_moved_features_are_the_ones_named() -> None:
    features = _split(7, moved=3).features
    assert [name for name in FEATURES if features[name].drifted] == FEATURES[:3]


def test_a_share_equal_to_the_limit_is_not_drift() -> None:
    half = DriftRule(psi_threshold=0.2, ks_p=0.01, drifted_share=0.5)
    same = [float(value) for value in range(100)]
    moved = [value + 80 for value in same]
    answer = measure_drift(
        {"a": same, "b": same},
        {"a": moved, "b": same},
        {"a": "number", "b": "number"},
        half,
    )
    assert (answer.share, answer.drifted) == (0.5, False)


def test_a_large_index_without_significance_is_not_drift() -> None:
    feature = _one([1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 5.0], "number").features["x"]
    assert feature.psi > RULE.psi_threshold
    assert not feature.drifted


def test_a_move_away_from_a_constant_is_drift_in_either_direction() -> None:
    for moved in (4.0, 6.0):
        assert _one([5.0] * 100, [moved] * 100, "number").drifted


def test_a_category_that_takes_over_is_drift_and_equal_shares_are_not() -> None:
    reference: list[float | None] = [0.0, 1.0] * 100
    assert _one(reference, [0.0] * 20 + [1.0] * 80, "category").drifted
    assert not _one(reference, [0.0] * 50 + [1.0] * 50, "category").drifted


def test_a_category_never_seen_before_is_drift() -> None:
    assert _one([0.0, 1.0] * 100, [2.0] * 60 + [0.0] * 40, "category").drifted


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_values_that_go_missing_are_drift(missing: float | None) -> None:
    numbers: list[float | None] = [float(value) for value in range(200)]
    half: list[float | None] = [v if i % 2 else missing for i, v in enumerate(numbers)]
    assert _one(numbers, half, "number").drifted
    assert _one(numbers, [missing] * 100, "number").drifted
    assert not _one(half, half, "number").drifted


def test_a_feature_the_window_lacks_is_an_error_with_its_name() -> None:
    with pytest.raises(ValueError, match="bmi"):
        measure_drift({"bmi": [1.0]}, {}, {"bmi": "number"}, RULE)


values = st.lists(
    st.none() | st.floats(-1e6, 1e6) | st.integers(0, 3).map(float),
    min_size=1,
    max_size=40,
)
kinds = st.sampled_from(["number", "category"])


@given(sample=values, kind=kinds)
def test_a_sample_never_drifts_from_itself(sample: list[float | None], kind: Kind) -> None:
    feature = _one(sample, list(reversed(sample)), kind).features["x"]
    assert feature.psi == pytest.approx(0.0)
    assert feature.p_value == pytest.approx(1.0)


@given(reference=values, window=values, kind=kinds)
def test_every_answer_is_finite_and_within_its_range(
    reference: list[float | None], window: list[float | None], kind: Kind
) -> None:
    feature = _one(reference, window, kind).features["x"]
    assert feature.psi >= -1e-12
    assert math.isfinite(feature.psi)
    assert 0.0 <= feature.p_value <= 1.0


@given(counts=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=8))
def test_the_index_does_not_care_which_sample_comes_first(counts: list[tuple[int, int]]) -> None:
    first = numpy.array([one for one, _ in counts], dtype=float)
    second = numpy.array([two for _, two in counts], dtype=float)
    there, back = stability_index(first, second), stability_index(second, first)
    assert there == pytest.approx(back)
