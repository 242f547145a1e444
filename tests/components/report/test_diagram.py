from __future__ import annotations

from xml.etree import ElementTree

from stackwright.plan.graph import Plan
from stackwright.report.diagram import diagram

Rectangle = tuple[float, float, float, float]


def rectangles(svg: str, style: str) -> list[Rectangle]:
    root = ElementTree.fromstring(svg)
    return [
        (
            float(r.get("x", 0)),
            float(r.get("y", 0)),
            float(r.get("width", 0)),
            float(r.get("height", 0)),
        )
        for r in root.iter("rect")
        if r.get("class") == style
    ]


def inside(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2] + 0.2
        and inner[1] + inner[3] <= outer[1] + outer[3] + 0.2
    )


def test_each_tool_is_a_box_in_one_group_in_one_band(large: Plan) -> None:
    svg = diagram(large)
    boxes, groups, bands = (rectangles(svg, style) for style in ("box", "group", "band"))
    assert (len(boxes), len(bands)) == (len(large.tools), 2)
    assert all(sum(inside(box, group) for group in groups) == 1 for box in boxes)
    assert all(sum(inside(group, band) for band in bands) == 1 for group in groups)


def test_hostile_names_are_text(sample: Plan) -> None:
    root = ElementTree.fromstring(diagram(sample))
    assert {element.tag for element in root.iter()} == {
        "svg",
        "defs",
        "marker",
        "path",
        "rect",
        "text",
        "g",
        "title",
    }


def test_it_carries_no_inline_style_and_no_address(sample: Plan) -> None:
    assert "style=" not in diagram(sample)
    assert "href" not in diagram(sample)


def test_the_last_layer_is_on_top(tiny: Plan) -> None:
    svg = diagram(tiny)
    first = svg.index("Platform layer")
    assert first < svg.index("Foundation layer")
    assert [y for _, y, _, _ in rectangles(svg, "band")] == sorted(
        y for _, y, _, _ in rectangles(svg, "band")
    )
