from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stackwright.ordering import in_order


def test_a_thing_comes_after_all_that_it_needs() -> None:
    needs = {"server": {"database", "store"}, "database": {"store"}, "store": set(), "alarm": set()}
    assert in_order(needs) == (("alarm", "store", "database", "server"), ())


def test_a_circle_is_told_and_what_does_not_depend_on_it_is_ordered() -> None:
    needs = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}
    assert in_order(needs) == (("d",), ("b", "c"))


def test_a_thing_that_needs_itself_is_a_circle() -> None:
    assert in_order({"a": {"a"}}) == ((), ("a",))


@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9)), max_size=10), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_the_keys(
    found: dict[int, set[int]], random: object
) -> None:
    needs = {item: before & found.keys() for item, before in found.items()}
    keys = list(needs)
    random.shuffle(keys)  # type: ignore[attr-defined]
    order, circle = in_order(needs)
    assert in_order({key: needs[key] for key in keys}) == (order, circle)
    assert all(needs[item] <= set(order[:place]) for place, item in enumerate(order))
    assert all(after in needs[item] for item, after in pairwise(circle))
