from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from stackwright.diff.properties.cuts import LONGEST, cut, cut_both
from stackwright.plan.graph import JsonValue


def test_what_fits_stays_as_it_is() -> None:
    value = {"a": ["b" * 900, {"c": None}], "d": "e" * 900}
    assert cut(value) is value
    assert cut("x" * LONGEST) == "x" * LONGEST
    assert cut_both("a", "b" * LONGEST) == ("a", "b" * LONGEST)


def test_a_long_text_says_how_long_it_is() -> None:
    assert cut("x" * 5000) == "x" * LONGEST + "... (5000 characters in all)"


def test_a_large_mapping_says_how_many_keys_are_left_out() -> None:
    found = cut({f"key-{index}": "x" * 100 for index in range(100)})
    kept = len(found) - 1
    assert found["..."] == f"{100 - kept} more of 100 keys"
    assert found["key-0"] == "x" * 100
    assert 10 < kept < 25


def test_a_long_list_says_how_many_elements_are_left_out() -> None:
    found = cut({"a": list(range(10_000))})["a"]
    assert found[:3] == [0, 1, 2]
    assert found[-1] == f"... {10_000 - len(found) + 1} more of 10000 elements"


def test_two_long_texts_begin_shortly_before_they_differ() -> None:
    before = "same\n" * 3000 + "old\n" + "rest\n" * 1000
    after = "same\n" * 3000 + "new\n" + "rest\n" * 1000
    earlier, later = cut_both(before, after)
    assert earlier.index("old") == later.index("new") < 500
    assert earlier.startswith("...same\n")
    assert later.endswith(f"... ({len(after)} characters in all)")


def test_one_long_line_is_cut_around_its_difference() -> None:
    earlier, later = cut_both("x" * 9000 + "old", "x" * 9000 + "newer")
    assert earlier.endswith("xold (9003 characters in all)")
    assert later.endswith("xnewer (9005 characters in all)")


_json = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**6) | st.text(max_size=3000),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(), inner, max_size=30),
    max_leaves=60,
)


@given(_json)
def test_nothing_shown_is_much_longer_than_the_limit(value: JsonValue) -> None:
    assert len(json.dumps(cut(value), ensure_ascii=False)) < 4 * LONGEST


@given(st.text(max_size=5000), st.text(max_size=5000))
def test_texts_that_differ_still_differ_when_they_are_cut(one: str, other: str) -> None:
    earlier, later = cut_both(one, other)
    assert (earlier == later) == (one == other)
    assert max(len(earlier), len(later)) < LONGEST + 100
