from __future__ import annotations

from stackwright.diff.model import Presence
from stackwright.diff.topology import edges, tools
from stackwright.plan.graph import Edge, Layer, Plan, Resource, Tool


def plan(*instances: str, joins: tuple[tuple[str, str], ...] = ()) -> Plan:
    """Return tools in two layers; one named `store` is in the first, with two resources."""
    layer_of = {name: "foundation" if name == "store" else "platform" for name in instances}
    layers = tuple(
        Layer(
            layer,
            f"p-{layer}",
            "dev",
            tuple(
                Resource(f"urn:{name}:{number}", "a:b:C", f"{name}-{number}", True, {}, tool=name)
                for name in instances
                if layer_of[name] == layer
                for number in range(2 if name == "store" else 1)
            ),
        )
        for layer in ("foundation", "platform")
    )
    found = tuple(Tool(name, name, "kind", name.title(), (layer_of[name],)) for name in instances)
    joined = tuple(Edge(source, target, "data", "ObjectStore") for source, target in joins)
    return Plan("p", "dev", "aws", layers, found, joined)


def test_every_tool_of_either_side_is_there_by_layer() -> None:
    found = tools(plan("store", "tracking"), plan("serving", "store"))
    assert [(one.instance, one.layer, one.presence, one.resources) for one in found] == [
        ("store", "foundation", Presence.BOTH, 2),
        ("serving", "platform", Presence.ADDED, 1),
        ("tracking", "platform", Presence.REMOVED, 1),
    ]


def test_an_environment_of_one_side_has_tools_of_that_side() -> None:
    assert {one.presence for one in tools(None, plan("store"))} == {Presence.ADDED}
    assert {one.presence for one in tools(plan("store"), None)} == {Presence.REMOVED}


def test_a_join_of_one_side_is_told_from_one_of_both() -> None:
    base = plan("store", "a", "b", joins=(("a", "store"), ("b", "store")))
    head = plan("store", "a", "c", joins=(("c", "store"), ("a", "store")))
    assert [(one.source, one.presence) for one in edges(base, head)] == [
        ("c", Presence.ADDED),
        ("a", Presence.BOTH),
        ("b", Presence.REMOVED),
    ]
