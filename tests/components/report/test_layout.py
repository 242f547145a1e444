from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stackwright.report.layout import ROW_WIDTH, Group, layout

NAMES = [f"g{number}" for number in range(9)]


def groups() -> list[Group]:
    return [Group(name, 200.0, 96.0, 0 if index < 5 else 1) for index, name in enumerate(NAMES)]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=25))
def test_groups_of_a_row_never_overlap_whatever_is_joined(joins: list[tuple[str, str]]) -> None:
    placed = layout(groups(), joins)
    for row in placed.rows:
        for left, right in pairwise(row):
            assert left.x + left.width / 2 <= right.x - right.width / 2 + 1e-6
    assert sorted(g.name for row in placed.rows for g in row if g.name) == NAMES


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=25))
def test_bands_keep_their_order_even_when_tools_use_each_other(
    joins: list[tuple[str, str]],
) -> None:
    rows = layout(groups(), joins).rows
    bands = [next(group.band for group in row if group.name) for row in rows]
    assert bands == sorted(bands)


def test_who_uses_stands_above_what_is_used() -> None:
    chain = [("g0", "g1"), ("g1", "g2")]
    rows = {group.name: group.row for row in layout(groups(), chain).rows for group in row}
    assert rows["g0"] < rows["g1"] < rows["g2"]


def test_a_line_over_several_rows_has_a_place_in_each() -> None:
    placed = layout(groups(), [("g0", "g1"), ("g1", "g2"), ("g0", "g2")])
    assert [group.row for group in placed.passing["g0", "g2"]] == [1]


def test_a_wide_row_is_split() -> None:
    many = [Group(f"g{number}", 200.0, 96.0, 0) for number in range(30)]
    for row in layout(many, []).rows:
        assert sum(group.width for group in row) <= ROW_WIDTH


def test_equal_plans_are_drawn_alike() -> None:
    joins = [("g0", "g7"), ("g3", "g6"), ("g2", "g8"), ("g0", "g4")]
    first, second = (layout(groups(), order) for order in (joins, joins[::-1]))
    assert [[(g.name, g.x) for g in row] for row in first.rows] == [
        [(g.name, g.x) for g in row] for row in second.rows
    ]
