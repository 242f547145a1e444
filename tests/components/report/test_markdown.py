from __future__ import annotations

import re

import pytest

from stackwright.plan.graph import Plan
from stackwright.report.markdown import code, escape, markdown
from stackwright.report.mermaid import mermaid


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", "a&#124;b"),
        ("@everyone", "&#64;&#8203;everyone"),
        ("see #12", "see &#35;&#8203;12"),
        ("see !12", "see &#33;&#8203;12"),
        ("see %3 and 50% of it", "see &#37;&#8203;3 and 50% of it"),
        ("see GH-12", "see GH&#45;&#8203;12"),
        ("~bug $4 &5", "&#126;&#8203;bug &#36;&#8203;4 &#38;&#8203;5"),
        ("<b>`x`", "&#60;b&#62;&#96;x&#96;"),
        ("https://evil.example", "https&#58;&#8203;//evil.example"),
        ("www.evil.example", "www&#46;&#8203;evil.example"),
        ("1. one", r"1\. one"),
        ("- one", "&#45; one"),
        ("[x](y)", "&#91;x&#93;(y)"),
        ("two\nlines", "two&#92;nlines"),
        ("plain words, 10.0.0.0/16", "plain words, 10.0.0.0/16"),
    ],
)
def test_nothing_in_a_text_is_markup(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_simple_names_are_code_spans_and_others_are_entities() -> None:
    assert code("tracking-uri") == "`tracking-uri`"
    assert code("a|`b`") == "<code>a&#124;&#96;b&#96;</code>"
    assert code("") == ""


def test_hostile_names_make_no_markup_and_mention_nobody(sample: Plan, hostile: str) -> None:
    shown = markdown(sample)
    assert hostile not in shown
    assert "<script" not in shown
    assert "@" not in shown
    tags = set(re.findall(r"</?([a-z]+)", shown))
    assert tags == {"br", "code", "details", "summary"}


def test_every_row_of_a_table_has_as_many_cells_as_its_head(sample: Plan) -> None:
    tables = re.findall(r"(?:^\|.*\n?)+", markdown(sample), flags=re.MULTILINE)
    assert tables
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_every_resource_of_250_is_named_and_the_whole_fits_in_a_comment(large: Plan) -> None:
    shown = markdown(large)
    assert all(f"`{resource.name}`" in shown for _, resource in large.resources())
    assert len(shown) < 65_536  # GitHub refuses longer comments.


def test_the_drawing_is_in_it(tiny: Plan) -> None:
    assert f"```mermaid\n{mermaid(tiny)}```" in markdown(tiny)


def test_examples_are_warned_of_first(sample: Plan, tiny: Plan) -> None:
    assert "> [!WARNING]\n> 1 value below is an example" in markdown(sample)
    assert "[!WARNING]" not in markdown(tiny)
