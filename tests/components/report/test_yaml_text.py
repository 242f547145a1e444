from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stackwright.report.yaml_text import to_yaml

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_any_value_comes_back(value: object) -> None:
    assert yaml.safe_load(to_yaml(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "No",
        "on",
        "y",
        "null",
        "~",
        "1e3",
        "0o14",
        "0x1f",
        "1_000",
        "12:30",
        "2026-01-01",
        "",
        "true",
        ".5",
        "-1",
        "+1",
        ".inf",
        "NaN",
        "=",
        "<<",
        "a: b",
        "a #b",
        "- a",
        "@a",
        "*a",
        "&a",
    ],
)
def test_a_text_that_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert to_yaml({"key": text}) == f"key: '{text}'\n"


@pytest.mark.parametrize("text", ["app", "a/b:1.2", "registry.example/x@sha256:0f", "two words"])
def test_a_text_that_every_reader_takes_for_text_is_bare(text: str) -> None:
    assert to_yaml({"key": text}) == f"key: {text}\n"


def test_text_of_several_lines_is_a_block() -> None:
    assert to_yaml({"script": "set -e\nrun\n"}) == "script: |\n  set -e\n  run\n"


def test_long_text_is_not_folded_and_equal_values_are_written_twice() -> None:
    labels = {"app": "x " * 200 + "y"}
    assert to_yaml({"a": labels, "b": labels}).splitlines() == [
        "a:",
        f"  app: {labels['app']}",
        "b:",
        f"  app: {labels['app']}",
    ]


def test_keys_stand_in_the_order_people_expect() -> None:
    keys = ["status", "spec", "data", "metadata", "kind", "apiVersion"]
    expected = ["apiVersion", "kind", "metadata", "spec", "data", "status"]
    assert list(yaml.safe_load(to_yaml(dict.fromkeys(keys, 1)))) == expected
