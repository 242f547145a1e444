from __future__ import annotations

from dataclasses import replace

import pytest
from tests.components.report.diff.html.samples import environment, sample
from tests.components.report.html_reader import Page, words

from stackwright.diff.model import Risk, Side, Verdict
from stackwright.report.diff.html import top


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (
            Verdict(Risk.DATA_LOSS, "", {Risk.DATA_LOSS: 2, Risk.ACCESS: 1}, True),
            "Refused 2 resources with data would be lost in prod 2 data losses 1 access widening",
        ),
        (
            Verdict(Risk.DATA_LOSS, "", {Risk.DATA_LOSS: 1}, False),
            "Data loss 1 resource with data would be lost in prod 1 data loss",
        ),
        (
            Verdict(Risk.ROUTINE, "", {Risk.ROUTINE: 3}, False),
            "Routine change Only routine changes 3 routine changes",
        ),
        (Verdict(None, "Nothing would change.", {}, False), "No change Nothing would change."),
    ],
)
def test_the_worst_risk_is_the_headline(verdict: Verdict, said: str) -> None:
    assert words(top.judgement(replace(sample(), verdict=verdict))) == said


def test_each_risk_leads_to_what_it_is() -> None:
    elements = Page(top.judgement(sample())).elements
    links = [one["href"] for tag, one in elements if tag == "a"]
    assert links[:4] == ["#losses", "#projects", "#services", "#access"]
    assert set(links[4:]) == {"#resources"}


def test_both_sides_are_named_with_their_commits() -> None:
    text = words(top.bar(sample()))
    assert "main 1f0c2d9a7b \u2192 to features 9b8a7c6d5e with local changes" in text


def test_a_side_that_is_called_by_its_commit_says_it_once() -> None:
    diff = replace(sample(), base=Side("1f0c2d9a7b3e", "1f0c2d9a7b3e4f5a"))
    assert words(top.bar(diff)).count("1f0c2d9a7b") == 1


def test_one_environment_needs_no_choice() -> None:
    diff = sample()
    assert "<fieldset" in top.bar(diff)
    assert "<fieldset" not in top.bar(replace(diff, environments=diff.environments[:1]))


def test_the_bar_of_an_environment_is_to_scale() -> None:
    diff = sample()
    rectangles = [
        (one["class"], float(one["width"] or 0))
        for tag, one in Page(top.environments(diff)).elements
        if tag == "rect"
    ]
    whole = 4 + 3 + 214
    assert rectangles[:3] == [
        ("changed", round(3 * 240 / whole, 1)),
        ("new", round(4 * 240 / whole, 1)),
        ("rest", round(214 * 240 / whole, 1)),
    ]


def test_of_many_environments_the_worst_are_seen_first() -> None:
    names = [f"team-{number}" for number in range(20)]
    many = replace(sample(), environments=tuple(map(environment, [*names, "prod"])), projects=())
    seen, _, folded = top.environments(many).partition('<details class="more">')
    assert words(seen).startswith("prod aws 2 data losses")
    assert "13 more environments" in words(folded)
    assert all(name in words(seen + folded) for name in names)
    assert top.bar(many).count("<option") == 22
