"""The demands of the gate, at their edges."""

import pytest

from {= cookiecutter.package_name =}.gate.checks import (
    Areas,
    drop_from_champion,
    gain_over_baseline,
    minimum_auc,
    recent_window,
    slice_gaps,
)
from {= cookiecutter.package_name =}.model.metrics import Metrics
from {= cookiecutter.package_name =}.settings import GateSettings

SETTINGS = GateSettings(
    minimum_auc=0.7,
    minimum_gain_over_baseline=0.05,
    maximum_drop_from_champion=0.03,
    maximum_slice_gap=0.2,
    minimum_slice_rows=30,
)


def group(rows: int, auc: float | None) -> Metrics:
    """The figures of a group of rows."""
    return Metrics(rows, rows // 2, auc, 0.2, 0.7, 0.7, 0.7, 0.7)


@pytest.mark.parametrize(("auc", "passed"), [(0.70, True), (0.69, False), (None, False)])
def test_the_area_must_be_large_enough_and_defined(auc: float | None, passed: bool) -> None:
    assert minimum_auc(Areas(88, auc), SETTINGS).passed is passed


@pytest.mark.parametrize(
    ("candidate", "baseline", "passed"),
    [
        (0.80, 0.75, True),
        (0.80, 0.76, False),
        (0.80, 0.90, False),
        (None, None, False),
    ],
)
def test_the_baseline_must_be_beaten(
    candidate: float | None, baseline: float | None, passed: bool
) -> None:
    areas = Areas(88, candidate, baseline=baseline)
    check = gain_over_baseline(areas, SETTINGS, "bmi", 2)
    assert check.passed is passed
    assert "bmi" in check.detail


def test_a_model_of_one_feature_is_told_what_to_allow() -> None:
    check = gain_over_baseline(Areas(88, 0.8, baseline=0.8), SETTINGS, "bmi", 1)
    assert not check.passed
    assert "set gate.minimum_gain_over_baseline to 0" in check.detail


@pytest.mark.parametrize(
    ("candidate", "passed"), [(0.90, True), (0.77, True), (0.76, False), (None, False)]
)
def test_a_candidate_may_not_be_much_worse_than_the_champion(
    candidate: float | None, passed: bool
) -> None:
    areas = Areas(88, candidate, champion=0.80)
    assert drop_from_champion(areas, SETTINGS, "").passed is passed


def test_without_a_champion_there_is_nothing_to_drop_from() -> None:
    check = drop_from_champion(Areas(88, 0.5), SETTINGS, "there is no champion")
    assert check.passed
    assert "there is no champion" in check.detail


@pytest.mark.parametrize(
    ("rows", "auc", "passed"),
    [
        (30, 0.60, True),
        (30, 0.59, False),
        (29, 0.10, True),  # too few rows to judge
        (30, None, True),  # one label only
    ],
)
def test_no_large_slice_may_be_far_below_all_rows(
    rows: int, auc: float | None, passed: bool
) -> None:
    checks = slice_gaps(Areas(88, 0.80), {"sex: 1": group(rows, auc)}, SETTINGS)
    assert [check.passed for check in checks] == [passed]
    assert checks[0].name == "slice_gap (sex: 1)"


@pytest.mark.parametrize(
    ("recent", "passed"),
    [
        (Areas(30, 0.77, champion=0.80), True),
        (Areas(30, 0.76, champion=0.80), False),
        (Areas(29, 0.10, champion=0.80), True),
        (Areas(30, 0.10, champion=None), True),
        (Areas(30, None, champion=None), True),
        (Areas(0, None), True),
    ],
)
def test_recent_rows_count_when_there_are_enough(recent: Areas, passed: bool) -> None:
    assert recent_window(recent, SETTINGS, "there is no champion").passed is passed
