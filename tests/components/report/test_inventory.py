from __future__ import annotations

from collections import Counter
from dataclasses import replace

from stackwright.plan.graph import Edge, Layer, Plan, Resource, Tool
from stackwright.report.inventory import (
    OWN,
    by_capability,
    drawn_edges,
    home_layers,
    shares,
    tools,
    totals,
)


def one(name: str, tool: str, *, parent: str = "", custom: bool = True) -> Resource:
    return Resource(
        name, "x:y:Z", name, custom=custom, inputs={}, outputs={name: 1}, parent=parent, tool=tool
    )


def test_every_resource_is_in_one_share(sample: Plan) -> None:
    found = [resource.urn for share in shares(sample) for resource in share.resources]
    stacks = {"pulumi:pulumi:Stack"}
    assert sorted(found) == sorted(r.urn for _, r in sample.resources() if r.type not in stacks)
    assert sum(len(share.managed) for share in shares(sample)) == sample.counts().total()


def test_a_resource_of_no_known_tool_is_the_programs_own() -> None:
    plan = Plan("n", "e", "t", (Layer("platform", "p", "s", (one("a", "gone"), one("b", ""))),))
    assert [(share.tool, len(share.resources)) for share in shares(plan)] == [(OWN, 2)]


def test_only_the_outermost_component_tells_the_outputs_of_a_tool() -> None:
    outer = one("outer", "t", custom=False)
    inner = one("inner", "t", parent="outer", custom=False)
    tool = Tool("t", "c", "k", "T", ("platform",))
    plan = Plan("n", "e", "t", (Layer("platform", "p", "s", (outer, inner)),), (tool,))
    assert shares(plan)[0].outputs == {"outer": 1}


def test_a_tool_without_resources_still_stands_in_its_layer() -> None:
    tool = Tool("registry", "registry", "given", "Given", ("platform",))
    plan = Plan("n", "e", "t", (Layer("foundation", "p", "s", ()), Layer("platform", "p", "s", ())))
    plan = Plan(plan.name, "e", "t", plan.layers, (tool,))
    assert [(share.layer.name, share.tool) for share in shares(plan)] == [("platform", tool)]


def test_a_tool_in_two_layers_is_drawn_where_most_of_it_is_and_counted_whole() -> None:
    layers = (
        Layer("foundation", "p", "s", (one("a", "t"),)),
        Layer("platform", "p", "s", (one("b", "t"), one("c", "t"))),
    )
    plan = Plan("n", "e", "t", layers, (Tool("t", "c", "k", "T", ("foundation", "platform")),))
    assert home_layers(plan) == {"t": "platform"}
    assert totals(plan) == {"t": Counter({"x:y:Z": 3})}
    assert len(tools(plan)) == 1


def test_instances_of_a_capability_stand_together() -> None:
    layer = Layer("platform", "p", "s", (one("a", "x"), one("b", "y"), one("c", "z")))
    instances = [("x", "serving"), ("y", "tracking"), ("z", "serving")]
    known = tuple(Tool(name, capability, "k", "T", ()) for name, capability in instances)
    groups = by_capability(shares(Plan("n", "e", "t", (layer,), known)))
    assert {key: [s.tool.instance for s in group] for key, group in groups.items()} == {
        "serving": ["x", "z"],
        "tracking": ["y"],
    }


def test_a_tool_that_keeps_data_is_drawn_where_the_data_is() -> None:
    database = replace(one("a", "t"), type="aws:rds/instance:Instance")
    layers = (
        Layer("foundation", "p", "s", (database,)),
        Layer("platform", "p", "s", (one("b", "t"), one("c", "t"))),
    )
    plan = Plan("n", "e", "t", layers, (Tool("t", "c", "k", "T", ("foundation", "platform")),))
    assert home_layers(plan) == {"t": "foundation"}


def test_lines_to_the_only_cluster_are_not_drawn_for_what_runs_in_it() -> None:
    tools_there = (
        Tool("cluster", "cluster", "eks", "EKS", ("foundation",)),
        Tool("identity", "identity", "k", "T", ("foundation",)),
        Tool("tracking", "tracking", "k", "T", ("platform",)),
    )
    layers = (Layer("foundation", "p", "s", ()), Layer("platform", "p", "s", ()))
    below = Edge("identity", "cluster", "cluster", "KubernetesCluster")
    inside = Edge("tracking", "cluster", "cluster", "KubernetesCluster")
    other = Edge("tracking", "identity", "identity", "WorkloadIdentity")
    plan = Plan("n", "e", "t", layers, tools_there, (below, inside, other))
    assert drawn_edges(plan) == (below, other)
