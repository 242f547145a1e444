"""A drawing while it is being made, and the SVG elements that it consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TypeAlias

from stackwright.plan.graph import Edge
from stackwright.report.layout import Layout

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    x: float
    """Left edge."""
    y: float
    """Upper edge."""
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Tell whether two rectangles share an area."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Node:
    """One tool in a picture."""

    instance: str
    capability: str
    title: str
    layer: str
    """Layer that it is drawn in."""
    facts: str
    """Second line of its box."""
    style: str
    """Classes of its box, apart by spaces."""
    mark: str = ""
    """A sign in the corner of the box."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: tools in layers, and how they are joined."""

    title: str
    layers: tuple[str, ...]
    """In order of deployment."""
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    styles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Source and target -> a further class of the line between them."""
    arrow: str = "arrow"
    """Identifier of the arrow tip; the one of a drawing that is not shown cannot be used."""


@dataclass(slots=True)
class Drawing:
    """Where everything stands, in pixels."""

    picture: Picture
    placed: Layout
    members: dict[str, list[Node]]
    """Group name -> its tools."""
    top: dict[int, float] = field(default_factory=dict)
    """Row -> y of its upper edge."""
    bands: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Band -> y of its upper and lower edge."""
    boxes: dict[str, Box] = field(default_factory=dict)
    """Instance -> its box."""
    left: float = 0.0
    width: float = 0.0
    height: float = 0.0


def group_names(picture: Picture) -> dict[str, str]:
    """Return instance -> name of the group it is drawn in: its layer and capability."""
    return {node.instance: f"{node.layer}/{node.capability}" for node in picture.nodes}


def rectangle(box: Box, style: str, radius: int) -> str:
    """Return a `<rect>` of the class `style`."""
    return (
        f'<rect class="{style}" x="{number(box.x)}" y="{number(box.y)}" '
        f'width="{number(box.width)}" height="{number(box.height)}" rx="{radius}"/>'
    )


def words_at(x: float, y: float, style: str, words: str, data: str = "") -> str:
    """Return a `<text>` of the class `style`; `data` are further attributes, escaped already."""
    return f'<text class="{style}"{data} x="{number(x)}" y="{number(y)}">{escape(words)}</text>'


def cut(words: str, length: int) -> str:
    """Return `words` with an ellipsis where it is longer than `length` characters."""
    return words if len(words) <= length else words[: length - 1] + "\u2026"


def number(value: float) -> str:
    """Return a coordinate with one decimal, without a trailing `.0`."""
    return f"{value:.1f}".removesuffix(".0")
