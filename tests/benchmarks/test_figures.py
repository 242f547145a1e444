from __future__ import annotations

import math

import pytest
from benchmarks.figures import Figure, markdown, percentile, table
from hypothesis import given
from hypothesis import strategies as st

TIMES = Figure("one row, p99 milliseconds", (3.04, 1.26, 2.0), limit=8.0)
RATES = Figure("rows a second", (900.0, 33_714.2), 0, more_is_better=True)
UNKNOWN = Figure("CPU seconds", (), 2)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([5.0], 50, 5.0),
        ([5.0], 99, 5.0),
        ([4.0, 3.0, 2.0, 1.0], 50, 2.0),
        ([4.0, 3.0, 2.0, 1.0], 51, 3.0),
        ([float(value) for value in range(1, 101)], 99, 99.0),
        ([float(value) for value in range(1, 102)], 99, 100.0),
        ([3.0, 1.0, 2.0], 100, 3.0),
    ],
)
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(
    values: list[float], percent: float, expected: float
) -> None:
    assert percentile(values, percent) == expected


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=50),
    st.integers(1, 100),
)
def test_at_least_the_percent_lie_at_or_below_a_percentile(
    values: list[float], percent: int
) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= math.ceil(len(values) * percent / 100)
    assert sum(value < found for value in values) < math.ceil(len(values) * percent / 100)


def test_the_best_round_is_the_fastest_or_the_one_with_the_most() -> None:
    assert (TIMES.best, TIMES.median) == (1.26, 2.0)
    assert RATES.best == 33_714.2


def test_the_table_for_the_docs_has_a_row_per_figure() -> None:
    assert markdown([TIMES, RATES, UNKNOWN]).splitlines()[2:] == [
        "| one row, p99 milliseconds | 1.3 | 2.0 | 8.0 |",
        "| rows a second | 33,714 | 17,307 |  |",
        "| CPU seconds | not measured |  |  |",
    ]


def test_the_table_of_text_has_a_row_per_figure() -> None:
    assert [line.split()[-1] for line in table([TIMES, UNKNOWN]).splitlines()] == [
        "limit",
        "8.0",
        "measured",
    ]


def test_the_data_hold_every_round() -> None:
    assert TIMES.data()["values"] == [3.04, 1.26, 2.0]
    assert UNKNOWN.data() == {
        "name": "CPU seconds",
        "best": None,
        "median": None,
        "limit": None,
        "values": [],
    }
