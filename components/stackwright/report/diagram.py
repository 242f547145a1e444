"""A plan as an SVG drawing: layers as bands, capabilities as groups, tools as boxes."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from stackwright.plan.graph import Plan, Tool
from stackwright.report.drawing import (
    Box,
    Drawing,
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
_LINE = 30
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
    drawing = _place(plan)
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
    title = escape(f"How the tools of {clean(plan.name)} are joined")
    return (
        f'<svg viewBox="{box}" width="{number(drawing.width)}" height="{number(drawing.height)}" '
        f'role="group" aria-label="{title}">'
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0.6 7.4 4 0 7.4z" class="tip"/>'
        f"</marker></defs>{''.join(parts)}</svg>"
    )


def _place(plan: Plan) -> Drawing:
    names, home = group_names(plan), home_layers(plan)
    members: dict[str, list[Tool]] = {}
    for tool in tools(plan):
        members.setdefault(names[tool.instance], []).append(tool)
    # The last layer uses the others, so it stands on top.
    bands = {layer.name: -index for index, layer in enumerate(plan.layers)}
    groups = [
        Group(name, *_size(len(found)), bands[home[found[0].instance]])
        for name, found in members.items()
    ]
    joins = [
        (names[edge.source], names[edge.target])
        for edge in drawn_edges(plan)
        if edge.source in names and edge.target in names
    ]
    drawing = Drawing(plan, layout(groups, joins), members)
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
        for index, tool in enumerate(drawing.members.get(group.name, [])):
            line, column = divmod(index, _PER_ROW)
            x = group.x - group.width / 2 + _INSIDE + column * (BOX_WIDTH + _INSIDE)
            y = drawing.top[group.row] + _HEAD + line * (BOX_HEIGHT + _INSIDE)
            drawing.boxes[tool.instance] = Box(x, y, BOX_WIDTH, BOX_HEIGHT)


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
        layer = drawing.plan.layers[-band]
        title = f"{heading(clean(layer.name))} layer"
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
    return words if len(words) <= _LINE else cut(f"{kind}{size}", _LINE)


def _boxes(drawing: Drawing) -> Iterator[str]:
    counts, home = totals(drawing.plan), home_layers(drawing.plan)
    for tool in tools(drawing.plan):
        box, size = drawing.boxes[tool.instance], counts[tool.instance].total()
        last = home[tool.instance] == drawing.plan.layers[-1].name
        style = f"tool{'' if last else ' base'}{' assumed' if tool.assumed else ''}"
        yield (
            f'<g class="{style}" tabindex="0" role="button" '
            f'data-tool="{escape(clean(tool.instance))}">'
            f"<title>{escape(clean(f'{tool.instance}: {tool.title}'))}</title>"
            + rectangle(box, "box", 9)
            + words_at(box.x + 12, box.y + 24, "tool-name", cut(clean(tool.instance), 25))
            + words_at(box.x + 12, box.y + 43, "tool-size", _size_words(tool, size))
            + "</g>"
        )
