from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.diff.properties.lists import Match, matches
from stackwright.plan.graph import JsonValue


def pairs(
    name: str, before: list[JsonValue], after: list[JsonValue]
) -> list[tuple[str, int | None, int | None]]:
    return [(one.label, one.before, one.after) for one in matches(name, before, after)]


def test_elements_with_a_key_are_matched_by_it() -> None:
    one, two, three = ({"name": name} for name in ("one", "two", "three"))
    assert pairs("env", [one, two], [three, one]) == [
        ("[name=three]", None, 0),
        ("[name=one]", 0, 1),
        ("[name=two]", 1, None),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([{"name": "a"}, {"name": "a"}], [{"name": "b"}]),
        ([{"name": "a"}, {"other": "b"}], [{"name": "a"}]),
        ([{"name": None}], [{"name": "a"}]),
        ([{"name": {"$unknown": []}}], [{"name": "a"}]),
        ([{"name": "a"}, "b"], [{"name": "a"}]),
    ],
)
def test_a_key_that_does_not_tell_all_apart_is_none(
    before: list[JsonValue], after: list[JsonValue]
) -> None:
    assert all(one.label in ("[0]", "[1]") for one in matches("env", before, after))


def test_in_a_policy_no_order_has_a_meaning() -> None:
    found = matches("Action", ["a", "b"], ["b", "c", "a"], policy=True)
    assert list(found) == [Match("[0]", 1, 0), Match("[1]", None, 1), Match("[2]", 0, 2)]


def test_the_most_alike_are_matched_where_some_come_and_go() -> None:
    before = [{"to": 80, "a": 1}, {"to": 443, "a": 2, "b": 3}]
    assert pairs("routes", before, [{"to": 443, "a": 9, "b": 3}]) == [
        ("[0]", 1, 0),
        ("[0]", 0, None),
    ]
    after: list[JsonValue] = [{"x": 1}, {"to": 80, "a": 2}, {"to": 443, "b": 3}]
    assert pairs("routes", before, after) == [
        ("[0]", None, 0),
        ("[1]", 0, 1),
        ("[2]", 1, 2),
    ]


@given(
    st.sampled_from(["args", "subnetIds", "rules", "env"]),
    st.lists(
        st.integers(0, 3) | st.fixed_dictionaries({"name": st.sampled_from("ab")}), max_size=6
    ),
    st.lists(
        st.integers(0, 3) | st.fixed_dictionaries({"name": st.sampled_from("ab")}), max_size=6
    ),
)
def test_every_element_is_matched_once(
    name: str, before: list[JsonValue], after: list[JsonValue]
) -> None:
    found = list(matches(name, before, after))
    assert sorted(one.before for one in found if one.before is not None) == [*range(len(before))]
    assert [one.after for one in found if one.after is not None] == [*range(len(after))]


def test_long_lists_are_compared_in_time() -> None:
    before = [{"match": [index], "to": "a"} for index in range(4000)]
    after: list[JsonValue] = [{"match": [-index], "to": "b"} for index in range(5000)]
    begin = time.process_time()
    assert len(list(matches("routes", before, after))) == 5000
    assert time.process_time() - begin < 2
