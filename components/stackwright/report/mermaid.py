"""A plan as a Mermaid flowchart: a box per tool, never per resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from stackwright.plan.graph import Edge, Layer, Plan, Tool
from stackwright.report.inventory import drawn_edges, home_layers, tools, totals
from stackwright.report.words import clean, counts_words, heading, plural

_SHOWN_TYPES = 3


def mermaid(plan: Plan) -> str:
    """Return the flowchart: layers hold capabilities, capabilities hold tools, edges are claims."""
    found = tools(plan)
    ids = {tool.instance: f"tool{number}" for number, tool in enumerate(found)}
    lines = ["flowchart TB"]
    # Who uses stands above what is used, so the last layer comes first.
    for number, layer in reversed(list(enumerate(plan.layers))):
        lines.extend(_layer(plan, layer, f"layer{number}", ids))
    lines.extend(_edges(plan, ids))
    lines.extend(_styles(found, ids))
    return "\n".join(lines) + "\n"


def label(text: str) -> str:
    """Return `text` as a quoted Mermaid label in which nothing is markup."""
    safe = "".join(
        character if character.isalnum() or character in " -_.,/():" else f"#{ord(character)};"
        for character in clean(text)
    )
    return f'"{safe}"'


def _layer(plan: Plan, layer: Layer, identifier: str, ids: dict[str, str]) -> Iterator[str]:
    home, counts = home_layers(plan), totals(plan)
    mine = [tool for tool in tools(plan) if home[tool.instance] == layer.name]
    if not mine:
        return
    yield f"  subgraph {identifier}[{label(heading(layer.name) + ' layer')}]"
    for number, capability in enumerate(dict.fromkeys(tool.capability for tool in mine)):
        yield f"    subgraph {identifier}capability{number}[{label(heading(capability))}]"
        for tool in mine:
            if tool.capability == capability:
                yield f"      {ids[tool.instance]}[{_box(tool, counts[tool.instance])}]"
        yield "    end"
    yield "  end"


def _box(tool: Tool, counts: Counter[str]) -> str:
    name = f"{tool.instance} ({tool.kind})" if tool.kind else tool.instance
    most = counts_words(counts)[:_SHOWN_TYPES]
    size = plural("resource", counts.total()) if counts else "uses what is there"
    lines = [name, size, *(most if counts.total() > 1 else ())]
    return '"' + "<br/>".join(label(line)[1:-1] for line in lines) + '"'


def _edges(plan: Plan, ids: dict[str, str]) -> Iterator[str]:
    for (source, target), claims in joined_edges(drawn_edges(plan)).items():
        if source in ids and target in ids:
            yield f"  {ids[source]} -->|{label(', '.join(claims))}| {ids[target]}"


def joined_edges(edges: tuple[Edge, ...]) -> dict[tuple[str, str], list[str]]:
    """Group the claims of edges that join the same two tools, so that each pair has one line."""
    joined: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        joined.setdefault((edge.source, edge.target), []).append(edge_label(edge))
    return joined


def edge_label(edge: Edge) -> str:
    """Return the claim with its contract, such as `artifacts: object store`."""
    contract = "".join(f" {c.lower()}" if c.isupper() else c for c in edge.contract).strip()
    if not contract or contract.endswith(edge.claim):
        return contract or edge.claim
    return f"{edge.claim}: {contract}"


def _styles(found: tuple[Tool, ...], ids: dict[str, str]) -> Iterator[str]:
    yield "  classDef tool stroke-width:1px,text-align:left"
    yield "  classDef assumed stroke-dasharray:4 3"
    if found:
        yield f"  class {','.join(ids.values())} tool"
    assumed = [ids[tool.instance] for tool in found if tool.assumed]
    if assumed:
        yield f"  class {','.join(assumed)} assumed"
