"""Rows are split by what they hold; the holdout is frozen, and no copy of it is trained on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from {= cookiecutter.package_name =}.configuration import parse_configuration
from {= cookiecutter.package_name =}.data.contract import DataContract
from {= cookiecutter.package_name =}.data.splits import Splits, split
from {= cookiecutter.package_name =}.errors import InputError

CONTRACT = parse_configuration(
    "source: {kind: diabetes}\n"
    "target: {column: y, above: 0}\n"
    "columns: {a: {type: number}, b: {type: category, values: [u, v], nullable: true}}\n",
    DataContract,
    "data.yaml",
)


def table(rows: int, start: int = 0) -> pd.DataFrame:
    numbers = range(start, start + rows)
    return pd.DataFrame(
        {
            "a": [float(number) for number in numbers],
            "b": [("u", "v", None)[number % 3] for number in numbers],
            "y": [number % 2 for number in numbers],
        }
    )


def parts(frame: pd.DataFrame, frozen: pd.DataFrame | None = None, seed: int = 1) -> Splits:
    return split(CONTRACT, frame, seed=seed, validation_share=0.2, holdout_share=0.2, frozen=frozen)


def rows(frame: pd.DataFrame) -> set[float]:
    return set(frame["a"])


def test_the_shares_are_kept_for_both_labels_and_every_row_is_in_one_table() -> None:
    found = parts(table(200))
    sizes = [
        (len(part), int(part["y"].sum())) for part in (found.train, found.validation, found.holdout)
    ]
    assert sizes == [(120, 60), (40, 20), (40, 20)]
    every = [*found.train["a"], *found.validation["a"], *found.holdout["a"]]
    assert sorted(every) == list(range(200))


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_does_not_matter(random: object, seed: int) -> None:
    frame = table(60)
    order = list(range(60))
    random.shuffle(order)  # type: ignore[attr-defined]
    first, second = parts(frame, seed=seed), parts(frame.iloc[order], seed=seed)
    assert rows(first.train) == rows(second.train)
    assert rows(first.holdout) == rows(second.holdout)


def test_another_seed_draws_other_rows() -> None:
    assert rows(parts(table(200)).holdout) != rows(parts(table(200), seed=2).holdout)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 39), max_size=60))
def test_equal_rows_are_never_parted(again: list[int]) -> None:
    frame = pd.concat([table(40), table(40).iloc[again]], ignore_index=True)
    found = parts(frame)
    sets = [rows(part) for part in (found.train, found.validation, found.holdout)]
    assert sets[0].isdisjoint(sets[1] | sets[2])
    assert sets[1].isdisjoint(sets[2])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 199), min_size=40, unique=True), st.integers(0, 50))
def test_a_frozen_holdout_stays_and_its_rows_are_not_trained_on(kept: list[int], new: int) -> None:
    frozen = parts(table(200)).holdout
    frame = pd.concat([table(200).iloc[kept], table(new + 60, start=500)], ignore_index=True)
    found = parts(frame, frozen)
    pd.testing.assert_frame_equal(found.holdout, frozen)
    assert rows(frozen).isdisjoint(rows(found.train) | rows(found.validation))
    outside = len(set(frame["a"]) - rows(frozen))
    assert len(found.train) + len(found.validation) == outside


def test_a_frozen_holdout_loses_a_column_that_the_contract_lost() -> None:
    frozen = parts(table(200)).holdout
    found = parts(table(200)[["a", "y"]], frozen)
    assert found.holdout.columns.tolist() == ["a", "y"]
    assert rows(found.holdout) == rows(frozen)


def test_a_new_column_is_found_for_the_same_rows_or_asks_for_another_holdout() -> None:
    wide = table(200).assign(c=np.arange(200.0))
    frozen = parts(table(200)).holdout
    found = parts(wide, frozen)
    assert rows(found.holdout) == rows(frozen)
    assert found.holdout["c"].tolist() == found.holdout["a"].tolist()
    with pytest.raises(InputError, match=r"lack c, .*on purpose with --new-holdout"):
        parts(wide.iloc[50:], frozen)


def few_categories(rows: int) -> pd.DataFrame:
    """Rows of two categories only: each of the four combinations is there with both labels."""
    numbers = range(rows)
    return pd.DataFrame(
        {
            "a": [float(number % 2) for number in numbers],
            "b": ["uv"[number // 2 % 2] for number in numbers],
            "y": [int(number // 4 % 4 < 1 + 2 * (number % 2)) for number in numbers],
        }
    )


def shares(frame: pd.DataFrame) -> list[float]:
    """How often the label is 1 in each combination."""
    return frame.groupby(["a", "b"])["y"].mean().tolist()


def test_rows_of_few_categories_have_the_same_labels_in_each_table() -> None:
    found = parts(few_categories(1600))
    assert [len(found.train), len(found.validation), len(found.holdout)] == [960, 320, 320]
    for part in (found.train, found.validation, found.holdout):
        assert shares(part) == pytest.approx([0.25, 0.25, 0.75, 0.75], abs=0.12)


def test_a_frozen_holdout_of_few_categories_takes_as_many_rows_as_it_has() -> None:
    first = parts(few_categories(1600))
    again = parts(few_categories(1600).iloc[::-1], first.holdout)
    pd.testing.assert_frame_equal(again.holdout, first.holdout)
    assert len(again.train) + len(again.validation) == 1280
    assert shares(again.train) == pytest.approx([0.25, 0.25, 0.75, 0.75], abs=0.12)


def test_rows_that_are_there_several_times_by_mistake_are_not_parted() -> None:
    found = parts(pd.concat([table(60)] * 5, ignore_index=True))
    assert rows(found.holdout).isdisjoint(rows(found.train) | rows(found.validation))


def test_too_few_rows_of_a_label_are_refused() -> None:
    frame = table(40).assign(y=[1] * 3 + [0] * 37)
    with pytest.raises(InputError, match="y: 3 rows are positive, at least 10 needed"):
        parts(frame)
    frozen = parts(table(200)).holdout
    with pytest.raises(InputError, match="0 rows outside the frozen holdout are positive"):
        parts(frozen, frozen)


def test_shares_that_leave_nothing_to_train_on_are_refused() -> None:
    with pytest.raises(InputError, match="leave no rows to train on"):
        split(CONTRACT, table(100), seed=1, validation_share=0.5, holdout_share=0.5)
