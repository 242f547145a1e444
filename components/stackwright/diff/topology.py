"""The tools of a platform and how they are joined, on both sides: what its picture shows."""

from __future__ import annotations

from collections.abc import Iterator

from stackwright.diff.model import EdgeDiff, Presence, ToolDiff
from stackwright.plan.graph import Edge, Plan
from stackwright.report.inventory import home_layers, totals
from stackwright.report.inventory import tools as tools_of


def tools(base: Plan | None, head: Plan | None) -> tuple[ToolDiff, ...]:
    """Return every tool of either side as it will be, or as it was where it is removed.

    They come by layer in order of deployment, and what is removed comes last in its layer.
    """
    found = {one.instance: one for one in _tools(base, Presence.REMOVED)}
    before = set(found)
    after = [
        one
        for presence in (Presence.BOTH, Presence.ADDED)
        for one in _tools(head, presence)
        if (one.instance in before) is (presence is Presence.BOTH)
    ]
    names = {one.instance for one in after}
    gone = [one for one in found.values() if one.instance not in names]
    layers = [layer.name for plan in (head, base) if plan is not None for layer in plan.layers]
    return tuple(sorted([*after, *gone], key=lambda one: layers.index(one.layer)))


def edges(base: Plan | None, head: Plan | None) -> tuple[EdgeDiff, ...]:
    """Return every join of either side, those of the later one first."""
    before = base.edges if base is not None else ()
    after = head.edges if head is not None else ()
    return (
        *(_edge(edge, Presence.BOTH if edge in before else Presence.ADDED) for edge in after),
        *(_edge(edge, Presence.REMOVED) for edge in before if edge not in after),
    )


def _tools(plan: Plan | None, presence: Presence) -> Iterator[ToolDiff]:
    if plan is None:
        return
    counts, home = totals(plan), home_layers(plan)
    for tool in tools_of(plan):
        yield ToolDiff(
            instance=tool.instance,
            capability=tool.capability,
            kind=tool.kind,
            title=tool.title,
            layer=home[tool.instance],
            presence=presence,
            resources=counts[tool.instance].total(),
            assumed=tool.assumed,
        )


def _edge(edge: Edge, presence: Presence) -> EdgeDiff:
    return EdgeDiff(edge.source, edge.target, edge.claim, edge.contract, presence)
