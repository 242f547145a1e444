"""What a forge says is wrong, and the JSON it says it in, taken for nothing but text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright_cli.forge.faults import reason
from stackwright_cli.forge.shapes import is_commit, number, text, texts, value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"message": "Not Found"}, "Not Found"),
        ({"message": "Bad.", "errors": ["one", {"message": "two"}]}, "Bad.: one, two"),
        ({"message": {"note": ["is too long"]}}, '{"note": ["is too long"]}'),
        ({"error": "insufficient_scope"}, "insufficient_scope"),
        ({"message": "a\n  b\tc"}, "a b c"),
        ([], ""),
        ("text", ""),
    ],
)
def test_every_way_to_say_what_is_wrong_is_read(said: Any, words: str) -> None:
    assert reason(json.dumps(said).encode()) == words


@given(st.binary() | JSON.map(lambda found: json.dumps(found).encode()))
def test_whatever_is_said_becomes_one_short_line(body: bytes) -> None:
    found = reason(body)
    assert len(found) <= 203
    assert "\n" not in found


@given(JSON | st.fixed_dictionaries({"message": JSON, "errors": JSON}))
def test_an_answer_of_any_shape_is_survived(document: Any) -> None:
    reason(json.dumps(document).encode())
    assert isinstance(text(document, "message", "a"), str)
    assert isinstance(number(document, "errors"), int)
    assert all(isinstance(one, str) for one in texts(value(document, "errors")))


def test_true_is_no_number() -> None:
    assert number({"id": True}, "id") == 0


@pytest.mark.parametrize(
    ("words", "is_one"),
    [("a" * 40, True), ("0" * 64, True), ("a" * 41, False), ("g" * 40, False), ("", False)],
)
def test_a_commit_is_known_by_its_length_and_digits(words: str, is_one: bool) -> None:
    assert is_commit(words) is is_one
