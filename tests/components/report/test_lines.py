from __future__ import annotations

import dataclasses
import re
from itertools import combinations
from xml.etree import ElementTree

from stackwright.plan.graph import Edge, Layer, Plan, Tool
from stackwright.report.diagram import diagram
from stackwright.report.drawing import Box
from stackwright.report.inventory import drawn_edges


def names(svg: str) -> list[Box]:
    """Return the rectangles that the names of lines cover, a little smaller than reserved."""
    return [
        Box(
            float(t.get("x", 0)) - len(t.text or "") * 2.9,
            float(t.get("y", 0)) - 10,
            len(t.text or "") * 5.8,
            11,
        )
        for t in ElementTree.fromstring(svg).iter("text")
        if t.get("class") == "line-name"
    ]


def boxes(svg: str) -> list[Box]:
    return [
        Box(*(float(r.get(key, 0)) for key in ("x", "y", "width", "height")))
        for r in ElementTree.fromstring(svg).iter("rect")
        if r.get("class") == "box"
    ]


def test_every_claim_is_a_line_with_its_name(sample: Plan) -> None:
    root = ElementTree.fromstring(diagram(sample))
    lines = [
        (p.get("data-source"), p.get("data-target"))
        for p in root.iter("path")
        if p.get("data-source")
    ]
    assert sorted(lines, key=str) == sorted(
        ((e.source, e.target) for e in drawn_edges(sample)), key=str
    )
    assert [text.text for text in root.iter("text")].count("artifacts") == 1


def test_names_cover_neither_boxes_nor_each_other(sample: Plan) -> None:
    svg = diagram(sample)
    found = names(svg)
    assert len(found) == len(drawn_edges(sample))
    assert not [pair for pair in combinations(found, 2) if pair[0].overlaps(pair[1])]
    assert not [(a, b) for a in found for b in boxes(svg) if a.overlaps(b)]


def test_a_line_starts_and_ends_at_the_edges_of_its_boxes(tiny: Plan) -> None:
    svg = diagram(tiny)
    platform, foundation = sorted(boxes(svg), key=lambda box: box.y)
    path = re.search(r'class="line"[^>]* d="M\S+ (\S+?)[CL].*? (\S+)"', svg)
    assert path is not None
    assert float(path[1]) == platform.y + platform.height
    assert float(path[2]) == foundation.y


def test_several_claims_of_one_pair_are_one_line(tiny: Plan) -> None:
    more = Edge("tracking", "storage", "logs", "ObjectStore")
    svg = diagram(dataclasses.replace(tiny, edges=(*tiny.edges, more)))
    assert svg.count('class="line"') == 1
    assert ">artifacts, logs<" in svg


def test_tools_side_by_side_are_joined_below_and_a_tool_is_not_joined_to_itself() -> None:
    tools = tuple(Tool(name, "serving", "k", name, ("platform",)) for name in ("a", "b"))
    edges = (Edge("a", "b", "models", "X"), Edge("a", "a", "self", "X"))
    svg = diagram(Plan("n", "e", "t", (Layer("platform", "p", "s", ()),), tools, edges))
    bottom = {box.y + box.height for box in boxes(svg)}
    paths = re.findall(r'class="line"[^>]* d="M\S+ (\S+?)C.*? (\S+)"', svg)
    assert [{float(y) for y in ends} for ends in paths] == [bottom]


def test_an_edge_to_a_tool_of_no_shown_layer_has_no_line(tiny: Plan) -> None:
    assert 'class="line"' not in diagram(dataclasses.replace(tiny, layers=tiny.layers[1:]))
