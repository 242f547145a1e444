"""The lines of a drawing: a curve with a name for each pair of tools that is joined."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import pairwise
from typing import TypeAlias

from stackwright.report.drawing import Box, Drawing, Point, cut, group_names, number, words_at
from stackwright.report.layout import Group
from stackwright.report.words import clean

_CHARACTER = 6.1
"""Width of a character of a name at 11 pixels, rounded up."""
_HANG = 44.0
"""How far a line between neighbours hangs below them, as the control points of its curve."""
_PLACES = (0.5, 0.36, 0.64, 0.24, 0.76, 0.14, 0.86)
"""Where on a curve a name may stand, the best first."""

Pair: TypeAlias = tuple[str, str]


def lines(drawing: Drawing) -> tuple[list[str], list[str]]:
    """Return the lines, and the names that stand on them without covering each other."""
    places = group_names(drawing.picture)
    joined = _joined(drawing, places)
    ends = _ends(drawing, list(joined))
    taken = list(drawing.boxes.values())
    end = f'marker-end="url(#{drawing.picture.arrow})"'
    shapes, names = [], []
    for pair, claims in joined.items():
        passing = drawing.placed.passing.get((places[pair[0]], places[pair[1]]), [])
        points = [ends[pair][0], *_passed(drawing, passing), ends[pair][1]]
        data = f' data-source="{escape(clean(pair[0]))}" data-target="{escape(clean(pair[1]))}"'
        style = f" {drawing.picture.styles[pair]}" if pair in drawing.picture.styles else ""
        shapes.append(f'<path class="line{style}"{data} d="{_path(points)}" {end}/>')
        label = cut(clean(", ".join(dict.fromkeys(claims))), 34)
        x, y = _free_place(points, len(label) * _CHARACTER + 8, taken)
        names.append(words_at(x, y, f"line-name{style}", label, data))
    return shapes, names


def _joined(drawing: Drawing, places: dict[str, str]) -> dict[Pair, list[str]]:
    """Return each pair that is joined with the claims of its line."""
    joined: dict[Pair, list[str]] = {}
    for edge in drawing.picture.edges:
        if edge.source in places and edge.target in places and edge.source != edge.target:
            joined.setdefault((edge.source, edge.target), []).append(edge.claim)
    return joined


def _ends(drawing: Drawing, pairs: list[Pair]) -> dict[Pair, tuple[Point, Point]]:
    """Return where each line leaves and arrives, spread over the edges of the boxes."""
    sides: dict[tuple[str, bool], list[Pair]] = {}
    for pair in pairs:
        source, target = (drawing.boxes[instance] for instance in pair)
        # Side by side, the line hangs below both.
        sides.setdefault((pair[0], source.y <= target.y), []).append(pair)
        sides.setdefault((pair[1], source.y >= target.y), []).append(pair)
    found: dict[tuple[Pair, str], Point] = {}
    for (instance, below), members in sides.items():
        ordered = sorted(members, key=lambda pair: _other(drawing, pair, instance).x)
        for index, pair in enumerate(ordered):
            share = (index + 1) / (len(ordered) + 1)
            found[pair, instance] = _port(drawing.boxes[instance], share, below)
    return {pair: (found[pair, pair[0]], found[pair, pair[1]]) for pair in pairs}


def _port(box: Box, share: float, below: bool) -> Point:
    if below:
        return box.x + box.width * share, box.y + box.height
    # The name of the group stands above the left half.
    return box.x + box.width * (0.5 + share / 2), box.y


def _other(drawing: Drawing, pair: Pair, instance: str) -> Box:
    return drawing.boxes[pair[1] if pair[0] == instance else pair[0]]


def _passed(drawing: Drawing, passing: list[Group]) -> Iterator[Point]:
    """Yield the points that a line goes through, straight down beside the groups of each row."""
    for group in passing:
        top = drawing.top[group.row]
        bottom = top + max(other.height for other in drawing.placed.rows[group.row])
        yield from ((group.x, top), (group.x, bottom))


def _path(points: list[Point]) -> str:
    parts = [f"M{_place(points[0])}"]
    for start, end in pairwise(points):
        if start[0] == end[0]:
            parts.append(f"L{_place(end)}")
        else:
            first, second = _control(start, end)
            parts.append(f"C{_place(first)} {_place(second)} {_place(end)}")
    return "".join(parts)


def _control(start: Point, end: Point) -> tuple[Point, Point]:
    """Return the control points of a curve with upright ends."""
    if start[1] == end[1]:
        return (start[0], start[1] + _HANG), (end[0], end[1] + _HANG)
    middle = (start[1] + end[1]) / 2
    return (start[0], middle), (end[0], middle)


def _free_place(points: list[Point], width: float, taken: list[Box]) -> Point:
    """Return the first place along a line where a name covers nothing, and take it."""
    candidates = [
        Box(x - width / 2, y - 9, width, 17)
        for start, end in pairwise(points)
        for x, y in (_on_curve(start, end, share) for share in _PLACES)
    ]
    free = (box for box in candidates if not any(box.overlaps(other) for other in taken))
    chosen = next(free, candidates[0])
    taken.append(chosen)
    return chosen.x + width / 2, chosen.y + 13


def _on_curve(start: Point, end: Point, share: float) -> Point:
    """Return the point of a cubic Bezier curve at the parameter `share`."""
    first, second = _control(start, end)
    rest = 1 - share
    weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    points = (start, first, second, end)
    return (
        sum(weight * point[0] for weight, point in zip(weights, points, strict=True)),
        sum(weight * point[1] for weight, point in zip(weights, points, strict=True)),
    )


def _place(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
