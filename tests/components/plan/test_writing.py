from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.plan.writing import written

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


class Mark(StrEnum):
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Point:
    name: str
    place: tuple[Any, ...] = ()


@given(value=json_values)
def test_a_value_is_written_as_the_standard_library_writes_it(value: Any) -> None:
    assert written(value) == json.dumps(value, sort_keys=True, indent=1)


def test_a_dataclass_is_an_object_of_its_fields_at_every_depth() -> None:
    value = Point("a", (1, Point("é"), {"b": Point("c", ((),))}))
    assert written(value) == json.dumps(asdict(value), sort_keys=True, indent=1)


def test_kinds_of_text_are_text() -> None:
    assert written([Mark.YES]) == '[\n "yes"\n]'


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        written({"a": object()})
