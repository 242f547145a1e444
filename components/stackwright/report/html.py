"""A plan as one HTML file that needs nothing else: no network, no font, no library."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from typing import Any

from stackwright.plan.graph import Plan, Resource, ResourceOptions
from stackwright.report.bindings import without_secret_data
from stackwright.report.diagram import diagram
from stackwright.report.inventory import Share, examples, is_stateful, shares
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

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#resources">Skip to the resources</a>
{body}
<script type="application/json" id="plan">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def html(plan: Plan) -> str:
    """Return the page; what comes from the plan is escaped text or escaped JSON in it."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        title=escape(headline(plan)[0]),
        style=style,
        body="\n".join(part for part in _body(plan) if part),
        data=_json(_data(plan)),
        script=script,
    )


def _body(plan: Plan) -> Iterator[str]:
    yield _header(plan)
    yield "<main>"
    yield _banner(plan)
    yield _figures(plan)
    yield _section(
        "platform",
        "The platform",
        "Select a tool to see what it uses and what uses it.",
        f'<div class="drawing" tabindex="0">{diagram(plan)}</div>',
    )
    yield _resources_section()
    yield _section(
        "joins", "How the tools are joined", "", _list(edge_sentence(e) for e in plan.edges)
    )
    yield _section(
        "wiring",
        "Wiring",
        "What projects may rely on.",
        _table(("Key", "Value"), ((key, readable(value)) for key, value in flatten(plan.wiring))),
    )
    yield _section(
        "assumptions", "Assumptions", "What the blueprint does not say.", _assumptions(plan)
    )
    yield _section("warnings", "Warnings", "", _list(_warnings(plan)))
    yield "</main>"
    yield _footer(plan)


def _header(plan: Plan) -> str:
    return (
        '<header class="top"><div class="brand"><span class="mark" aria-hidden="true"></span>'
        f"<h1>{escape(clean(plan.name))}</h1>"
        f'<span class="tag">{escape(clean(plan.environment))}</span>'
        f'<span class="tag quiet">{escape(clean(plan.target))}</span></div>'
        '<button type="button" id="theme" aria-label="Change between light and dark">'
        "Theme</button></header>"
    )


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
    return _section(
        "resources",
        "Resources",
        "By layer and tool. Press / to search.",
        f'{controls}<div id="tools">{empty}</div>',
    )


def _assumptions(plan: Plan) -> str:
    return "".join(
        f"<h3>{escape(clean(title))}</h3>"
        + _table(
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


def _section(identifier: str, title: str, sentence: str, content: str) -> str:
    if not content:
        return ""
    note = f'<p class="quiet">{escape(sentence)}</p>' if sentence else ""
    return (
        f'<section id="{identifier}"><div class="heading"><h2>{escape(title)}</h2>{note}</div>'
        f"{content}</section>"
    )


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{escape(clean(item))}</li>" for item in items)
    return f'<ul class="plain">{lines}</ul>' if lines else ""


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(clean(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="scroll">{table}</div>' if lines else ""


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


def _json(data: dict[str, Any]) -> str:
    """Return JSON that is safe inside a script element: no `<`, `>` or `&` stands in it."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _asset(name: str) -> str:
    text = files("stackwright.report").joinpath(name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
