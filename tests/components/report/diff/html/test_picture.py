from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

from tests.components.report.diff.html.sample_resources import change
from tests.components.report.diff.html.samples import environment, tools

from stackwright.diff.changes import Action
from stackwright.diff.model import EdgeDiff, EnvironmentDiff, Presence
from stackwright.report.diff.html.picture import picture

SVG = "{http://www.w3.org/2000/svg}"


def boxes(svg: str) -> dict[str, tuple[set[str], list[str]]]:
    """Return instance -> classes of its box, and the words in it."""
    return {
        group.get("data-tool", ""): (
            set((group.get("class") or "").split()),
            [text.text or "" for text in group.iter("text")],
        )
        for group in ElementTree.fromstring(svg).iter("g")
        if group.get("data-tool")
    }


def with_change(action: Action) -> EnvironmentDiff:
    one = change("prod", "tracking", "kubernetes:core/v1:Service", "tracking", action)
    return replace(environment("dev"), changes=(one,), losses=())


def test_each_tool_says_what_becomes_of_it_by_class_sign_and_words() -> None:
    drawn = boxes(picture(environment("prod")))
    assert drawn["features"] == ({"tool", "new"}, ["features", "new, 4 resources", "+"])
    assert drawn["tracking"][1] == ["tracking", "15 replaced, 1 other", "\u00b1"]
    assert drawn["identity"][1] == ["identity", "1 change", "~"]
    assert drawn["network"] == ({"tool", "base", "untouched"}, ["network", "untouched"])


def test_a_tool_that_loses_data_says_so_first() -> None:
    styles, words = boxes(picture(environment("prod")))["database"]
    assert "loses" in styles
    assert words == ["database", "1 change, loses data", "!"]


def test_a_deleted_resource_of_a_tool_that_stays_is_a_change_of_it() -> None:
    assert boxes(picture(with_change(Action.DELETE)))["tracking"][1][1] == "1 change"
    assert "replaced" in boxes(picture(with_change(Action.REPLACE)))["tracking"][0]


def test_a_removed_tool_and_its_lines_are_still_drawn() -> None:
    found = tuple(
        replace(tool, presence=Presence.REMOVED) if tool.instance == "tracking" else tool
        for tool in tools("dev")
    )
    edge = EdgeDiff("tracking", "storage", "artifacts", "ObjectStore", Presence.REMOVED)
    svg = picture(replace(environment("dev"), changes=(), tools=found, edges=(edge,)))
    assert boxes(svg)["tracking"][1] == ["tracking", "deleted, 12 resources", "\u2212"]
    assert re.search(r'class="line deleted" data-source="tracking" data-target="storage"', svg)


def test_a_diff_that_knows_no_tools_has_no_picture() -> None:
    assert picture(replace(environment("dev"), tools=(), edges=())) == ""
