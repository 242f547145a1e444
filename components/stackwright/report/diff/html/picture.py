"""The platform drawn with what changes: each tool by its colour, by a sign and in words."""

from __future__ import annotations

from collections import Counter

from stackwright.diff.changes import Action
from stackwright.diff.model import EdgeDiff, EnvironmentDiff, Presence, ToolDiff
from stackwright.plan.graph import Edge
from stackwright.report.diagram import FACTS_LENGTH, box_style, draw
from stackwright.report.drawing import Node, Picture, cut
from stackwright.report.inventory import OWN, telling_edges
from stackwright.report.words import plural

UNTOUCHED = "untouched"

STATES: dict[str, tuple[str, str]] = {
    "new": ("+", "new"),
    "changed": ("~", "changed"),
    "replaced": ("\u00b1", "something is replaced"),
    "deleted": ("\u2212", "deleted"),
    UNTOUCHED: ("", "untouched"),
}
"""State of a tool -> its sign, and what a legend says."""

LOSES = ("!", "data would be lost")
"""Sign of a tool that loses data, and what a legend says."""


def picture(environment: EnvironmentDiff, arrow: str = "arrow") -> str:
    """Return the environment's tools as an `<svg>`; empty when the diff does not know them.

    Args:
        environment: What to draw.
        arrow: Identifier of its arrow tip, which no other drawing of a page may have.
    """
    layers = tuple(dict.fromkeys(tool.layer for tool in environment.tools))
    if not layers:
        return ""
    home = {tool.instance: tool.layer for tool in environment.tools}
    edges = telling_edges(tuple(dict.fromkeys(map(_edge, environment.edges))), home, layers[-1])
    nodes = tuple(_node(environment, tool, layers[-1]) for tool in environment.tools)
    return draw(Picture("What changes", layers, nodes, edges, _styles(environment), arrow))


def state(environment: EnvironmentDiff, tool: ToolDiff) -> str:
    """Return what becomes of a tool: a key of `STATES`."""
    if tool.presence is not Presence.BOTH:
        return "new" if tool.presence is Presence.ADDED else "deleted"
    actions = _actions(environment, tool)
    if Action.REPLACE in actions:
        return "replaced"
    return "changed" if actions else UNTOUCHED


def _actions(environment: EnvironmentDiff, tool: ToolDiff) -> Counter[Action]:
    return Counter(
        change.action
        for change in environment.managed
        if (change.tool or OWN.instance) == tool.instance
    )


def _node(environment: EnvironmentDiff, tool: ToolDiff, last: str) -> Node:
    found = state(environment, tool)
    loses = any((loss.tool or OWN.instance) == tool.instance for loss in environment.losses)
    facts = _facts(environment, tool, found, loses)
    style = box_style(tool.layer, last, assumed=False)
    return Node(
        instance=tool.instance,
        capability=tool.capability,
        title=f"{tool.title}, {facts}",
        layer=tool.layer,
        facts=cut(facts, FACTS_LENGTH),
        style=f"{style} {found}{' loses' if loses else ''}",
        mark=LOSES[0] if loses else STATES[found][0],
    )


def _facts(environment: EnvironmentDiff, tool: ToolDiff, found: str, loses: bool) -> str:
    actions = _actions(environment, tool)
    if loses:
        what = found if found == "deleted" else plural("change", actions.total())
        return f"{what}, loses data"
    if found in ("new", "deleted"):
        size = plural("resource", tool.resources) if tool.resources else "uses what is there"
        return f"{found}, {size}"
    replaced, others = actions[Action.REPLACE], actions.total() - actions[Action.REPLACE]
    if replaced:
        return f"{replaced} replaced" + (f", {plural('other', others)}" if others else "")
    return plural("change", others) if others else found


def _edge(edge: EdgeDiff) -> Edge:
    return Edge(edge.source, edge.target, edge.claim, edge.contract)


def _styles(environment: EnvironmentDiff) -> dict[tuple[str, str], str]:
    """Return the class of each line that is new or gone as a whole."""
    presences: dict[tuple[str, str], set[Presence]] = {}
    for edge in environment.edges:
        presences.setdefault((edge.source, edge.target), set()).add(edge.presence)
    names = {Presence.ADDED: "new", Presence.REMOVED: "deleted"}
    return {
        pair: names[presence]
        for pair, (presence, *others) in presences.items()
        if not others and presence in names
    }
