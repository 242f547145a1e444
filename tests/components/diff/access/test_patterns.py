from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.diff.access.patterns import contains, intersects

PATTERNS = st.text(alphabet="ab*?", max_size=6)
TEXTS = st.text(alphabet="ab", max_size=6)


def matches(pattern: str, text: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    return re.fullmatch(expression, text) is not None


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("*", "s3:GetObject", True),
        ("s3:*", "s3:GetObject", True),
        ("s3:Get*", "s3:*", False),
        ("s3:Get*", "s3:GetObject*", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/models/*", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", False),
        ("a?c", "abc", True),
        ("a?c", "a*c", False),
        ("${output:urn#arn}/*", "${output:urn#arn}/models/*", True),
        ("${output:urn#arn}/*", "${output:other#arn}/*", False),
        ("?", "${output:urn#arn}", False),
        ("*", "${output:urn#arn}", True),
    ],
)
def test_a_pattern_contains_what_it_always_matches(outer: str, inner: str, expected: bool) -> None:
    assert contains(outer, inner) is expected


@given(PATTERNS, PATTERNS, TEXTS)
def test_what_is_contained_is_matched(outer: str, inner: str, text: str) -> None:
    if contains(outer, inner) and matches(inner, text):
        assert matches(outer, text)


@given(PATTERNS, TEXTS)
def test_a_plain_text_is_contained_when_it_is_matched(pattern: str, text: str) -> None:
    assert contains(pattern, text) is matches(pattern, text)


@given(PATTERNS, PATTERNS, TEXTS)
def test_two_patterns_that_match_one_text_intersect(left: str, right: str, text: str) -> None:
    if matches(left, text) and matches(right, text):
        assert intersects(left, right)


@given(PATTERNS, TEXTS)
def test_a_text_that_is_not_matched_does_not_intersect(pattern: str, text: str) -> None:
    assert intersects(pattern, text) is matches(pattern, text)


def test_a_symbol_may_be_any_text() -> None:
    assert intersects("${output:urn#arn}", "arn:aws:s3:::bucket")
