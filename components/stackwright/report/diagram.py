"""A plan as an SVG drawing: layers as bands, capabilities as groups, tools as boxes."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from stackwright.plan.graph import Plan, Tool
from stackwright.report.drawing import (
    Box,
    Drawing,
    Node,
    Picture,
    cut,
    group_names,
    number,
    rectangle,
    words_at,
)
from stackwright.report.inventory import drawn_edges, home_layers, tools, totals
from stackwright.report.layout import Group, layout
from stackwright.report.lines import lines
from stackwright.report.words import clean, heading, plural

BOX_WIDTH = 208.0
_NAME = 25
"""Characters of the first line of a box that fit into it."""
FACTS_LENGTH = 30
"""Characters of the second line of a box that fit into it."""
BOX_HEIGHT = 58.0
_INSIDE = 12.0
"""Between a box and the edge of its group."""
_HEAD = 26.0
"""Height of the name of a group."""
_ROW_GAP = 78.0
_BAND_PAD = 26.0
_BAND_HEAD = 43.0
_BAND_GAP = 46.0
_PER_ROW = 3
"""Boxes side by side in a group."""


def diagram(plan: Plan) -> str:
    """Return an `<svg>` element that is styled by the page's classes and needs nothing else."""
    return draw(_picture(plan))


def draw(picture: Picture) -> str:
    """Return `picture` as an `<svg>` element that is styled by classes."""
    drawing = _place(picture)
    shapes, names = lines(drawing)
    parts = [
        *_bands(drawing),
        *_groups(drawing),
        *shapes,
        *_boxes(drawing),
        *_titles(drawing),
        *names,
    ]
    box = " ".join(number(value) for value in (drawing.left, 0, drawing.width, drawing.height))
    return (
        f'<svg viewBox="{box}" width="{number(drawing.width)}" height="{number(drawing.height)}" '
        f'role="group" aria-label="{escape(clean(picture.title))}">'
        f'<defs><marker id="{picture.arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0.6 7.4 4 0 7.4z" class="tip"/>'
        f"</marker></defs>{''.join(parts)}</svg>"
    )


def box_style(layer: str, last: str, assumed: bool) -> str:
    """Return the classes of a tool's box: tools of the last layer stand on those of the others."""
    return f"tool{'' if layer == last else ' base'}{' assumed' if assumed else ''}"


def _picture(plan: Plan) -> Picture:
    home, counts = home_layers(plan), totals(plan)
    nodes = tuple(
        Node(
            instance=tool.instance,
            capability=tool.capability,
            title=tool.title,
            layer=home[tool.instance],
            facts=_size_words(tool, counts[tool.instance].total()),
            style=box_style(home[tool.instance], plan.layers[-1].name, tool.assumed),
        )
        for tool in tools(plan)
    )
    title = f"How the tools of {plan.name} are joined"
    return Picture(title, tuple(layer.name for layer in plan.layers), nodes, drawn_edges(plan))


def _place(picture: Picture) -> Drawing:
    names = group_names(picture)
    members: dict[str, list[Node]] = {}
    for node in picture.nodes:
        members.setdefault(names[node.instance], []).append(node)
    # The last layer uses the others, so it stands on top.
    bands = {layer: -index for index, layer in enumerate(picture.layers)}
    groups = [
        Group(name, *_size(len(found)), bands[found[0].layer]) for name, found in members.items()
    ]
    joins = [
        (names[edge.source], names[edge.target])
        for edge in picture.edges
        if edge.source in names and edge.target in names
    ]
    drawing = Drawing(picture, layout(groups, joins), members)
    _place_rows(drawing)
    _place_columns(drawing)
    return drawing


def _size(count: int) -> tuple[float, float]:
    columns, rows = min(count, _PER_ROW), -(-count // _PER_ROW)
    return columns * (BOX_WIDTH + _INSIDE) + _INSIDE, rows * (BOX_HEIGHT + _INSIDE) + _HEAD


def _place_rows(drawing: Drawing) -> None:
    """Give rows and bands their place from top to bottom."""
    y = 0.0
    for index, row in enumerate(drawing.placed.rows):
        band = next(group.band for group in row if group.name)
        if band in drawing.bands:
            y += _ROW_GAP - _BAND_PAD
        else:
            y += _BAND_GAP if drawing.bands else 0.0
            drawing.bands[band] = (y, y)
            y += _BAND_HEAD
        drawing.top[index] = y
        y += max(group.height for group in row) + _BAND_PAD
        drawing.bands[band] = (drawing.bands[band][0], y)
    drawing.height = y


def _place_columns(drawing: Drawing) -> None:
    """Give the drawing its width and boxes their place."""
    groups = [group for row in drawing.placed.rows for group in row]
    left = min((group.x - group.width / 2 for group in groups), default=0.0)
    right = max((group.x + group.width / 2 for group in groups), default=0.0)
    drawing.left, drawing.width = left - _BAND_PAD, right - left + 2 * _BAND_PAD
    for group in groups:
        for index, node in enumerate(drawing.members.get(group.name, [])):
            line, column = divmod(index, _PER_ROW)
            x = group.x - group.width / 2 + _INSIDE + column * (BOX_WIDTH + _INSIDE)
            y = drawing.top[group.row] + _HEAD + line * (BOX_HEIGHT + _INSIDE)
            drawing.boxes[node.instance] = Box(x, y, BOX_WIDTH, BOX_HEIGHT)


def _bands(drawing: Drawing) -> Iterator[str]:
    for top, bottom in drawing.bands.values():
        box = Box(drawing.left + 1, top + 1, drawing.width - 2, bottom - top - 2)
        yield rectangle(box, "band", 16)


def _groups(drawing: Drawing) -> Iterator[str]:
    for group, y in _named(drawing):
        yield rectangle(Box(group.x - group.width / 2, y, group.width, group.height), "group", 12)


def _titles(drawing: Drawing) -> Iterator[str]:
    """Yield the names of bands and groups; they stand over the lines."""
    for band, (top, _) in drawing.bands.items():
        title = f"{heading(clean(drawing.picture.layers[-band]))} layer"
        yield words_at(drawing.left + 20, top + 25, "band-name", title)
    for group, y in _named(drawing):
        capability = heading(clean(drawing.members[group.name][0].capability))
        x = group.x - group.width / 2 + _INSIDE
        yield words_at(x, y + 18, "group-name", cut(capability, int(group.width / 8)))


def _named(drawing: Drawing) -> Iterator[tuple[Group, float]]:
    """Yield the groups with the y of their upper edge, without the places of passing lines."""
    for index, row in enumerate(drawing.placed.rows):
        for group in row:
            if group.name:
                yield group, drawing.top[index]


def _size_words(tool: Tool, size: int) -> str:
    """Return the second line of a box: the kind, and how much there is as far as it fits."""
    kind = f"{clean(tool.kind)}, " if tool.kind else ""
    words = f"{kind}{plural('resource', size) if size else 'uses what is there'}"
    return words if len(words) <= FACTS_LENGTH else cut(f"{kind}{size}", FACTS_LENGTH)


def _boxes(drawing: Drawing) -> Iterator[str]:
    for node in drawing.picture.nodes:
        box = drawing.boxes[node.instance]
        name = cut(clean(node.instance), _NAME - len(node.mark))
        yield (
            f'<g class="{node.style}" tabindex="0" role="button" '
            f'data-tool="{escape(clean(node.instance))}">'
            f"<title>{escape(clean(f'{node.instance}: {node.title}'))}</title>"
            + rectangle(box, "box", 9)
            + words_at(box.x + 12, box.y + 24, "tool-name", name)
            + words_at(box.x + 12, box.y + 43, "tool-size", node.facts)
            + _mark(box, node.mark)
            + "</g>"
        )


def _mark(box: Box, mark: str) -> str:
    return words_at(box.x + box.width - 20, box.y + 26, "tool-mark", mark) if mark else ""
