"""A plan as one HTML file that needs nothing else: no network, no font, no library."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from stackwright.plan.graph import Plan, Resource, ResourceOptions
from stackwright.report.bindings import without_secret_data
from stackwright.report.diagram import diagram
from stackwright.report.inventory import Share, examples, is_stateful, shares
from stackwright.report.page import Look, header, items, page, section, table
from stackwright.report.text import grouped_assumptions, headline, next_step, share_facts
from stackwright.report.words import (
    clean,
    edge_sentence,
    flatten,
    heading,
    plural,
    readable,
    type_words,
)

_LOOK = Look("stackwright.report", (), ("plan.js",))


def html(plan: Plan) -> str:
    """Return the page; what comes from the plan is escaped text or escaped JSON in it."""
    return page(headline(plan)[0], _body(plan), _data(plan), _LOOK)


def _body(plan: Plan) -> Iterator[str]:
    yield _header(plan)
    yield "<main>"
    yield _banner(plan)
    yield _figures(plan)
    yield section(
        "platform",
        "The platform",
        "Select a tool to see what it uses and what uses it.",
        f'<div class="drawing" tabindex="0">{diagram(plan)}</div>',
    )
    yield _resources_section()
    yield section(
        "joins", "How the tools are joined", "", items(edge_sentence(e) for e in plan.edges)
    )
    yield section(
        "wiring",
        "Wiring",
        "What projects may rely on.",
        table(("Key", "Value"), ((key, readable(value)) for key, value in flatten(plan.wiring))),
    )
    yield section(
        "assumptions", "Assumptions", "What the blueprint does not say.", _assumptions(plan)
    )
    yield section("warnings", "Warnings", "", items(_warnings(plan)))
    yield "</main>"
    yield _footer(plan)


def _header(plan: Plan) -> str:
    tags = (
        f'<span class="tag">{escape(clean(plan.environment))}</span>'
        f'<span class="tag quiet">{escape(clean(plan.target))}</span>'
    )
    return header(plan.name, tags)


def _banner(plan: Plan) -> str:
    count = len(examples(plan))
    if not count:
        return ""
    return (
        f'<p class="banner" role="note"><strong>{plural("example value", count)}.</strong> '
        "Anything that deploys refuses this plan until you replace "
        f'{"it" if count == 1 else "them"} in the blueprint. <a href="#assumptions">Show</a></p>'
    )


def _figures(plan: Plan) -> str:
    found = shares(plan)
    tools = {share.tool.instance for share in found} & {tool.instance for tool in plan.tools}
    figures = (
        (plan.counts().total(), "resources"),
        (len(tools), "tools"),
        (len(plan.layers), "layers"),
        (sum(share.stateful for share in found), "hold data"),
        (sum(share.protected for share in found), "protected"),
    )
    items = "".join(f"<li><b>{number}</b><span>{name}</span></li>" for number, name in figures)
    return f'<ul class="figures">{items}</ul>'


def _resources_section() -> str:
    controls = (
        '<div class="controls"><label class="search"><span class="hidden">Search</span>'
        '<input id="search" type="search" autocomplete="off" spellcheck="false" '
        'placeholder="Search names, types and values"></label>'
        '<span id="found" class="quiet" role="status"></span>'
        '<button type="button" id="open">Open all</button>'
        '<button type="button" id="close">Close all</button></div>'
    )
    empty = '<noscript><p class="empty">The resources are shown by a script.</p></noscript>'
    return section(
        "resources",
        "Resources",
        "By layer and tool. Press / to search.",
        f'{controls}<div id="tools">{empty}</div>',
    )


def _assumptions(plan: Plan) -> str:
    return "".join(
        f"<h3>{escape(clean(title))}</h3>"
        + table(
            ("Key", "Value", "Why"),
            ((item.path, readable(item.value), item.reason) for item in items),
        )
        for title, items in grouped_assumptions(plan)
    )


def _warnings(plan: Plan) -> Iterator[str]:
    for layer in plan.layers:
        for warning in layer.warnings:
            yield f"{layer.name}: {warning}"


def _footer(plan: Plan) -> str:
    version = f" {clean(plan.stackwright)}" if plan.stackwright else ""
    return (
        f"<footer><p><strong>Next:</strong> {escape(next_step(plan))}</p>"
        f'<p class="quiet">Planned by Stackwright{escape(version)}, without an account.</p>'
        "</footer>"
    )


def _data(plan: Plan) -> dict[str, Any]:
    return {"tools": [_share(plan, share) for share in shares(plan)]}


def _share(plan: Plan, share: Share) -> dict[str, Any]:
    tool = share.tool
    return {
        "layer": heading(clean(share.layer.name)),
        "instance": clean(tool.instance),
        "kind": tool.kind,
        "title": tool.title,
        "capability": heading(tool.capability),
        "assumed": tool.assumed,
        "makes": share_facts(share)[0],
        "total": len(share.managed),
        "uses": [edge_sentence(edge) for edge in plan.edges if edge.source == tool.instance],
        "outputs": share.outputs,
        "resources": [_resource(resource) for resource in share.resources],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    marks = {
        "protected": resource.options.protect,
        "stateful": resource.custom and is_stateful(resource),
        "kept when removed": resource.options.retain_on_delete,
        "component": not resource.custom,
        "provider": resource.type.startswith("pulumi:providers:"),
    }
    return {
        "urn": resource.urn,
        "name": resource.name,
        "type": resource.type,
        "words": type_words(resource.type),
        "marks": [mark for mark, holds in marks.items() if holds],
        "inputs": without_secret_data(resource),
        "after": resource.dependencies,
        "options": _given_options(resource.options),
    }


def _given_options(options: ResourceOptions) -> dict[str, Any]:
    """Return the options that were given."""
    default = ResourceOptions()
    return {
        name: value
        for name in ResourceOptions.__slots__
        if (value := getattr(options, name)) != getattr(default, name)
    }
