"""A property path is read as steps, whoever wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.diff.properties import paths
from stackwright.diff.properties.steps import ELEMENT, is_inside, steps, values_at


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("bucket", ("bucket",)),
        ("spec.replicas", ("spec", "replicas")),
        ("spec.containers[name=mlflow].image", ("spec", "containers", ELEMENT, "image")),
        ("spec.containers[*].image", ("spec", "containers", ELEMENT, "image")),
        ("ports[0]", ("ports", ELEMENT)),
        ('labels["app.kubernetes.io/name"]', ("labels", "app.kubernetes.io/name")),
        ('rules[name="a]b"].to', ("rules", ELEMENT, "to")),
        ("", ()),
    ],
)
def test_a_path_is_read_as_keys_and_elements(path: str, expected: tuple[str, ...]) -> None:
    assert steps(path) == expected


@given(st.lists(st.text(min_size=1)))
def test_what_is_written_as_a_path_is_read_as_the_same_keys(keys: list[str]) -> None:
    path = ""
    for key in keys:
        path = paths.member(path, key)
    assert steps(path) == tuple(keys)


@pytest.mark.parametrize(
    ("path", "outer", "expected"),
    [
        ("a.b", "a", True),
        ("a", "a.b", False),
        ("a", "a", True),
        ("ab", "a", False),
        ("a[0].b", "a[*].b", True),
        ("tags.team", "tags.*", True),
        ("tags", "tags.*", False),
        ("anything.at.all", "*", True),
    ],
)
def test_a_path_is_inside_what_begins_it(path: str, outer: str, expected: bool) -> None:
    assert is_inside(steps(path), steps(outer)) is expected


def test_values_are_found_in_every_element_of_a_list() -> None:
    value = {"a": [{"b": 1}, {"c": 2}, {"b": None}, {"b": 3}]}
    assert values_at(value, steps("a[*].b")) == [1, 3]
    assert values_at(value, steps("a.b")) == []
    assert values_at(value, steps("x.y")) == []
