from __future__ import annotations

import pytest
from tests.components.report.diff.diffs import RDS, cause, updated, urn

from stackwright.diff.changes import Action
from stackwright.report.diff.wording import (
    LONGEST_VALUE,
    before_after,
    counted,
    cut,
    differing,
    joined,
    named,
    names,
    resource_words,
    titled,
    value_text,
    value_words,
    valued,
)


def test_what_is_cut_is_counted() -> None:
    assert cut("abcdef", 4) == "abcd... (2 more characters)"
    assert cut("abcde", 4) == "abcd... (1 more character)"
    assert cut("abcd", 4) == "abcd"


def test_names_beyond_the_most_are_counted() -> None:
    assert names(["a"]) == "`a`"
    assert names(["a", "b", "c"]) == "`a`, `b` and `c`"
    assert names([str(n) for n in range(5)], 3) == "`0`, `1`, `2` and 2 more"


def test_a_name_in_a_summary_has_tags_for_code() -> None:
    assert named("a`b") == "<code>a&#96;b</code>"
    assert titled("a") == "<code>a</code>"
    assert titled("") == ""


def test_counts_are_in_the_order_given() -> None:
    assert counted({Action.REPLACE: 2, Action.CREATE: 1}) == "2 replaced, 1 created"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true"),
        ({"a": [1, "b"]}, "a: [1, b]"),
        ({"$secret": []}, "secret"),
        ({"$secret": [f"{urn(RDS, 'db')}#arn"]}, "secret made from output arn of db"),
        ({"$unknown": [f"{urn(RDS, 'db')}#arn"]}, "known after deployment (output arn of db)"),
    ],
)
def test_a_value_is_words(value: object, words: str) -> None:
    assert value_words(value) == words


def test_an_empty_value_is_said_to_be_empty() -> None:
    assert valued("") == "empty"


def test_a_value_is_one_short_line() -> None:
    shown = value_text("a\nb" * 1_000)
    assert "\n" not in shown
    assert len(shown) < LONGEST_VALUE + 30


def test_two_values_that_read_the_same_are_told_apart() -> None:
    assert differing(updated("a", {"$secret": []}, {"$secret": []})) == ("secret", "another secret")


def test_a_cause_is_new_removed_or_changed() -> None:
    assert before_after(cause("a", 1, 2, "t", 1)) == "`1` to `2`"
    assert before_after(cause("a", None, 2, "t", 1)) == "`2`, new"


def test_a_resource_is_its_type_in_words_and_its_name() -> None:
    assert resource_words(urn(RDS, "db")) == "RDS database `db`"


def test_empty_pieces_leave_no_gap() -> None:
    assert joined("a", "", "b") == "a\n\nb"
