"""The inventory of a plan: its resources by layer, capability and tool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stackwright.data.stateful import holds_data
from stackwright.plan.graph import Assumption, Edge, JsonValue, Layer, Plan, Resource, Tool
from stackwright.urns import is_managed

OWN = Tool("program", "own resources", "", "Resources of the program itself", ())
"""Stands for resources that belong to no tool of the blueprint."""

CLUSTER = "KubernetesCluster"
"""Contract of what every tool in the cluster uses."""

STACK = "pulumi:pulumi:Stack"
"""Type of the root of every program; it is no resource to count or show."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one tool has in one layer."""

    layer: Layer
    tool: Tool
    resources: tuple[Resource, ...]
    """Everything that is registered for it, components and providers too, in that order."""

    @property
    def managed(self) -> tuple[Resource, ...]:
        """The resources that a provider manages; these are counted."""
        return tuple(
            resource for resource in self.resources if is_managed(resource.type, resource.custom)
        )

    @property
    def counts(self) -> Counter[str]:
        """How many managed resources there are of each type."""
        return Counter(resource.type for resource in self.managed)

    @property
    def outputs(self) -> Mapping[str, JsonValue]:
        """What the outermost components of the tool register as their outputs."""
        own = {resource.urn for resource in self.resources}
        return {
            key: value
            for resource in self.resources
            if not resource.custom and resource.parent not in own
            for key, value in resource.outputs.items()
        }

    @property
    def protected(self) -> int:
        """How many resources may not be deleted."""
        return sum(resource.options.protect for resource in self.managed)

    @property
    def stateful(self) -> int:
        """How many resources hold data."""
        return sum(is_stateful(resource) for resource in self.managed)


def is_stateful(resource: Resource) -> bool:
    """Tell whether the loss of `resource` is a loss of data."""
    return holds_data(resource.type)


def shares(plan: Plan) -> tuple[Share, ...]:
    """Return the share of each tool in each layer, tools in the order of the plan.

    A tool that only points at something given has a share without resources.
    """
    return tuple(share for layer in plan.layers for share in _shares(plan, layer))


def by_capability(found: tuple[Share, ...]) -> dict[str, list[Share]]:
    """Group shares by capability, in the order in which capabilities first appear."""
    groups: dict[str, list[Share]] = {}
    for share in found:
        groups.setdefault(share.tool.capability, []).append(share)
    return groups


def home_layers(plan: Plan) -> dict[str, str]:
    """Return for each instance the layer to draw it in.

    It is where it keeps its data, else where most of its resources are, else the earlier one.
    """
    best: dict[str, tuple[int, int, int, str]] = {}
    for share in shares(plan):
        earlier = -plan.layers.index(share.layer)
        rank = (share.stateful, len(share.managed), earlier, share.layer.name)
        instance = share.tool.instance
        best[instance] = max(best.get(instance, rank), rank)
    return {instance: layer for instance, (*_, layer) in best.items()}


def totals(plan: Plan) -> dict[str, Counter[str]]:
    """Return for each instance how many managed resources of each type all its layers have."""
    found: dict[str, Counter[str]] = {}
    for share in shares(plan):
        found.setdefault(share.tool.instance, Counter()).update(share.counts)
    return found


def tools(plan: Plan) -> tuple[Tool, ...]:
    """Return the tools that a layer of the plan has a share of.

    `OWN` stands among them when the program has resources of its own besides providers and
    stack references.
    """
    found = (share for share in shares(plan) if share.tool is not OWN or share.managed)
    return tuple({share.tool.instance: share.tool for share in found}.values())


def drawn_edges(plan: Plan) -> tuple[Edge, ...]:
    """Return the edges that a picture of the plan shows."""
    last = plan.layers[-1].name if plan.layers else ""
    return telling_edges(plan.edges, home_layers(plan), last)


def telling_edges(edges: tuple[Edge, ...], home: Mapping[str, str], last: str) -> tuple[Edge, ...]:
    """Return `edges` without those that say nothing.

    Where there is one cluster, all tools of the last layer run in it: lines to it would say
    nothing and hide the others.

    Args:
        edges: Edges of one platform.
        home: Instance -> layer that it is drawn in.
        last: Name of the last layer.
    """
    on_cluster = [edge for edge in edges if edge.contract == CLUSTER]
    if len({edge.target for edge in on_cluster}) != 1:
        return edges
    return tuple(edge for edge in edges if edge not in on_cluster or home.get(edge.source) != last)


def examples(plan: Plan) -> tuple[Assumption, ...]:
    """Return the assumptions that refuse to be deployed."""
    return tuple(item for item in plan.assumptions if item.source == "example")


def _shares(plan: Plan, layer: Layer) -> Iterator[Share]:
    known = {tool.instance for tool in plan.tools}
    members: dict[str, list[Resource]] = {}
    for resource in layer.resources:
        if resource.type != STACK:
            instance = resource.tool if resource.tool in known else ""
            members.setdefault(instance, []).append(resource)
    for tool in _grouped(plan.tools):
        if tool.instance in members or layer.name in tool.layers:
            yield Share(layer, tool, tuple(members.get(tool.instance, ())))
    if "" in members:
        yield Share(layer, OWN, tuple(members[""]))


def _grouped(found: tuple[Tool, ...]) -> list[Tool]:
    groups: dict[str, list[Tool]] = {}
    for tool in found:
        groups.setdefault(tool.capability, []).append(tool)
    return [tool for group in groups.values() for tool in group]
