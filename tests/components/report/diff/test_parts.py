from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.components.report.diff.diffs import (
    DEPLOYMENT,
    change,
    diff,
    environment,
    grave,
    large,
    updated,
)
from tests.components.report.diff.hostile import HOSTILE, with_text
from tests.components.report.diff.reading import read

from stackwright.diff.changes import Action
from stackwright.diff.model import Diff
from stackwright.report.diff.markdown import markdown, sections
from stackwright.report.diff.parts import GITHUB_BYTES, LEAST, MOST, parts
from stackwright.report.diff.sections import Block, Section, fold, row, table_head

HEADER = "<!-- stackwright:diff -->"


def head() -> Section:
    return Section((Block("> **the verdict**"), Block("**the totals**")), kept=True)


def foot() -> Section:
    return Section((Block("the footer"),), kept=True)


@st.composite
def reports(draw: st.DrawFn) -> tuple[Section, ...]:
    """Return sections of all shapes, with blocks that are told apart by a number."""
    found, number = [], 0
    for _ in range(draw(st.integers(0, 6))):
        shape = draw(st.sampled_from(["text", "fence", "table", "fold"]))
        blocks = []
        for _ in range(draw(st.integers(1, 12))):
            number += 1
            text = f"block-{number}- " + draw(st.sampled_from("ab𝄞é")) * draw(st.integers(0, 9_000))
            made = {
                "text": text,
                "fence": f"````diff\n+ {text}\n```\n````",
                "table": row("cell", text),
                "fold": fold("summary", text),
            }[shape]
            blocks.append(Block(made, draw(st.integers(1, 30))))
        found.append(
            Section(
                tuple(blocks),
                title="<b>title</b>",
                folded=draw(st.booleans()),
                heading=draw(st.sampled_from(["", "### heading"])),
                intro=draw(st.sampled_from(["", "An introduction."])),
                head=table_head("one", "two") if shape == "table" else "",
            )
        )
    return (head(), *found, foot())


@settings(max_examples=150, deadline=None)
@given(reports(), st.integers(LEAST, 90_000), st.integers(1, 6))
def test_parts_are_complete_within_the_limit_and_count_what_they_leave_out(
    report: tuple[Section, ...], limit: int, most: int
) -> None:
    made = parts(report, limit, HEADER, most=most)
    assert 1 <= len(made) <= most
    for text in made:
        assert len(text.encode()) <= limit
        assert text.startswith(f"{HEADER}\n")
        page = read(text)
        assert not page.unbalanced
        assert page.comments == [" stackwright:diff "]
    whole = "".join(made)
    assert whole.count("the verdict**") == whole.count("the footer") == 1
    assert "**the totals**" in made[0]
    assert "the footer" in made[-1]
    shown = [
        block.count
        for section in report
        for block in section.blocks
        if (found := re.search(r"block-\d+-", block.text)) and whole.count(found[0]) == 1
    ]
    total = sum(block.count for section in report[1:-1] for block in section.blocks)
    told = re.search(r"\*\*Left out:\*\* (\d+) resource", whole)
    assert sum(shown) + int(told[1] if told else 0) == total
    assert parts(report, limit, HEADER, most=most) == made


def test_one_message_is_not_numbered() -> None:
    made = parts(sections(grave()), GITHUB_BYTES)
    assert made == [markdown(grave())]


def test_several_messages_are_numbered_and_point_to_the_verdict() -> None:
    made = parts(sections(large(600)), LEAST, HEADER, most=20)
    count = len(made)
    assert count > 3
    assert made[0].startswith(f"{HEADER}\n\n**Part 1 of {count}.**\n\n## What would change")
    assert made[1].startswith(f"{HEADER}\n\n**Part 2 of {count}.** The verdict is in part 1.\n\n")
    assert "(continued)</summary>" in made[1]


@pytest.mark.parametrize("count", [250, 2500])
def test_a_large_report_names_every_resource_or_counts_it(count: int) -> None:
    made = parts(sections(large(count)), GITHUB_BYTES)
    whole = "".join(made)
    assert len(made) <= MOST
    assert all(len(text.encode()) <= GITHUB_BYTES for text in made)
    named = sum(f"`worker-{number}`" in whole for number in range(count))
    told = re.search(r"\*\*Left out:\*\* (\d+) resources", whole)
    assert named + int(told[1] if told else 0) == count
    assert f"**{count} resources in 1 of 1 environment**" in made[0]


def test_no_large_tool_keeps_the_others_out() -> None:
    made = parts(sections(large(10_000)), GITHUB_BYTES)
    whole = "".join(made)
    for title in ("Database", "Tracking server", "Model server", "Cluster"):
        assert f"<b>{title} " in whole
    shares = re.findall(r"(\d+) resources left out here", whole)
    told = re.search(r"\*\*Left out:\*\* (\d+) resources", whole)
    assert len(shares) == 4
    assert told
    assert sum(map(int, shares)) == int(told[1])


def test_seventy_environments_with_hostile_names_fit_with_the_totals_in_part_one() -> None:
    made = [
        environment(
            f"team-{number}-{'@#<' * 60}",
            change(DEPLOYMENT, f"api-{number}", Action.UPDATE, updated("a", 1, number)),
        )
        for number in range(70)
    ]
    texts = parts(sections(diff(*made)), LEAST)
    assert all(len(text.encode()) <= LEAST for text in texts)
    assert "**70 resources in 70 of 70 environments**" in texts[0]


def worst(text: str) -> Diff:
    """Return a diff whose every text is as long as `text`."""
    made = with_text(grave(), text)
    assert isinstance(made, Diff)
    return made


@pytest.mark.parametrize(
    "text", ["@" * 5_000, "`" * 5_000, "𝄞" * 5_000, "\u202e" * 5_000, *HOSTILE]
)
@pytest.mark.parametrize("limit", [LEAST, GITHUB_BYTES])
def test_texts_of_any_length_fit(text: str, limit: int) -> None:
    made = parts(sections(worst(text)), limit, "<!-- " + "a" * 990 + " -->")
    assert all(len(one.encode()) <= limit for one in made)
    assert all(not read(one).unbalanced for one in made)
    assert "**64 resources in 3 of 3 environments**" in made[0]


@pytest.mark.parametrize("most", [1, 2])
def test_a_block_that_fits_in_no_message_is_counted_and_the_others_are_shown(most: int) -> None:
    giant = Section((Block("a" * 2 * LEAST, 7), Block("small")), title="title")
    (made,) = parts((head(), giant, foot()), LEAST, most=most)
    assert "**Left out:** 7 resources." in made
    assert "small" in made


@pytest.mark.parametrize(("limit", "most"), [(LEAST - 1, 5), (LEAST, 0)])
def test_a_limit_that_the_verdict_would_not_fit_is_refused(limit: int, most: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        parts((head(),), limit, most=most)


def test_a_section_without_a_fold_goes_on_under_its_title() -> None:
    rows = tuple(Block(row(str(number), "a" * 900)) for number in range(40))
    table = replace(Section(rows), title="Environments", head=table_head("one", "two"))
    made = parts((head(), table, foot()), LEAST)
    assert "### Environments\n\n| one | two |" in made[0]
    assert "### Environments (continued)\n\n| one | two |" in made[1]
