from __future__ import annotations

from stackwright.diff.model import Risk
from stackwright.report.diff.sections import (
    Block,
    Section,
    by_risk,
    document,
    fold,
    render,
    row,
    table_head,
)

TABLE = Section(
    (Block(row("a", "1")), Block(row("b", "2"), 3)),
    title="<b>Pools</b>",
    folded=True,
    heading="### What to look at",
    intro="What each needs.",
    head=table_head("Pool", "GPUs"),
    outro="3 pools left out here.",
)


def test_a_folded_table_is_complete() -> None:
    assert render(TABLE) == (
        "### What to look at\n\n"
        "<details><summary><b>Pools</b></summary>\n\n"
        "What each needs.\n\n"
        "| Pool | GPUs |\n| --- | --- |\n| a | 1 |\n| b | 2 |\n\n"
        "3 pools left out here.\n\n"
        "</details>"
    )


def test_some_of_its_blocks_are_complete_too() -> None:
    assert render(TABLE, TABLE.blocks[:1]) == (
        "### What to look at\n\n"
        "<details><summary><b>Pools</b></summary>\n\n"
        "What each needs.\n\n"
        "| Pool | GPUs |\n| --- | --- |\n| a | 1 |\n\n"
        "</details>"
    )
    assert render(TABLE, TABLE.blocks[1:], continued=True) == (
        "<details><summary><b>Pools</b> (continued)</summary>\n\n"
        "What each needs.\n\n"
        "| Pool | GPUs |\n| --- | --- |\n| b | 2 |\n\n"
        "3 pools left out here.\n\n"
        "</details>"
    )


def test_the_worst_risk_comes_first_and_what_is_empty_is_left_out() -> None:
    def section(title: str, risk: Risk | None) -> Section:
        return Section((Block("text"),), title=title, risk=risk)

    found = by_risk(
        [
            section("a", Risk.ROUTINE),
            section("b", None),
            Section((), title="empty", risk=Risk.DATA_LOSS),
            section("c", Risk.ACCESS),
            section("d", Risk.ROUTINE),
        ]
    )
    assert [one.title for one in found] == ["c", "a", "d", "b"]


def test_a_document_is_all_sections() -> None:
    assert document([Section((Block("a"),), title="A"), Section((Block("b"), Block("c")))]) == (
        "### A\n\na\n\nb\n\nc\n"
    )


def test_a_fold_keeps_its_text_apart_from_its_tags() -> None:
    assert fold("more", "- a\n- b") == (
        "<details><summary>more</summary>\n\n- a\n- b\n\n</details>"
    )
