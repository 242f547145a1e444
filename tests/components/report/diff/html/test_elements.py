from __future__ import annotations

from dataclasses import replace

import pytest
from tests.components.report.diff.html.sample_resources import HOSTILE
from tests.components.report.diff.html.samples import environment, sample
from tests.components.report.html_reader import Page, words

from stackwright.diff.changes import JsonValue
from stackwright.report.diff.html.elements import (
    badge,
    code,
    plain,
    resource,
    steps,
    tags,
    value,
    was_now,
)


@pytest.mark.parametrize("made", [plain, code, steps, badge, resource, value])
def test_whatever_it_is_made_of_stays_text(made: object) -> None:
    assert callable(made)
    page = Page(made(HOSTILE))
    assert not {"img", "script"} & {tag for tag, _ in page.elements}
    assert "onerror=" in page.words


def test_old_and_new_are_told_in_words_too() -> None:
    assert words(was_now("1", "2")) == "was 1 \u2192 now 2"
    assert words(was_now("", "2")) == "now 2"
    assert words(was_now("1", "")) == "was 1 removed"


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("", '""'),
        (None, "null"),
        ({"a": 1}, "a: 1"),
        ({"$secret": ["urn:pulumi:dev::p::t::database#password"]}, "secret made from"),
    ],
)
def test_a_short_value_stands_as_it_is(content: JsonValue, shown: str) -> None:
    assert words(value(content)).startswith(shown)
    assert "<details" not in value(content)


def test_a_long_value_is_folded_and_whole() -> None:
    text = value("a" * 200)
    assert "<details" in text
    assert "a" * 200 in words(text)


def test_environments_are_named_where_there_are_several() -> None:
    diff = sample()
    assert words(tags(diff, (0, 2))) == "dev prod"
    assert tags(replace(diff, environments=diff.environments[:1]), (0,)) == ""
    five = replace(diff, environments=tuple(environment(name) for name in "abcde"))
    assert words(tags(five, (0, 1, 2, 3, 4))) == "all 5"
    assert words(tags(five, (0, 1, 2, 3))) == "a b c d"
    many = replace(diff, environments=tuple(environment(name) for name in "abcdefgh"))
    assert words(tags(many, (0, 1, 2, 3, 4, 5))) == "a b c d and 2 more"
    assert 'title="e, f"' in tags(many, (0, 1, 2, 3, 4, 5))
