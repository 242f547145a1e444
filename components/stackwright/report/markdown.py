"""A plan as GitHub Markdown, for a pull request or a page of documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stackwright.plan.graph import Layer, Plan, Resource
from stackwright.report.inventory import Share, by_capability, examples, is_stateful, shares
from stackwright.report.mermaid import mermaid
from stackwright.report.text import (
    grouped_assumptions,
    headline,
    next_step,
    share_facts,
    worth_telling,
)
from stackwright.report.words import (
    clean,
    edge_sentence,
    flatten,
    heading,
    plural,
    readable,
    type_words,
)

_MARKUP = re.compile(
    r"[\\`*_{}\[\]<>#|~&@$]|^[-+=]|(?<=www)\.|:(?=//)"
    # References to merge requests, milestones and issues.
    r"|[!%](?=[\w\"])|(?<=GH)-(?=\d)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(\d+)([.)])")
_PLAIN_CODE = re.compile(r"[A-Za-z0-9 ._:/=,+()\[\]{}$-]+")
_GUARDED = frozenset("@#:.!%~&$")


def markdown(plan: Plan) -> str:
    """Return the plan for GitHub; every name and value is escaped, and mentions nobody."""
    found = shares(plan)
    title, size = headline(plan)
    blocks = [
        f"## {escape(title)}",
        f"{escape(size)}.",
        _example_warning(plan),
        f"```mermaid\n{mermaid(plan)}```",
        *(block for layer in plan.layers for block in _layer(layer, found)),
        _list("How the tools are joined", (edge_sentence(edge) for edge in plan.edges)),
        _wiring(plan),
        *_assumptions(plan),
        _list("Warnings", (warning for layer in plan.layers for warning in layer.warnings)),
        f"**Next:** {escape(next_step(plan))}",
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escape(text: str) -> str:
    """Return `text` so that Markdown, HTML, mentions and references in it stay plain text."""
    return _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(_entity, clean(text)))


def code(text: str) -> str:
    """Return `text` as code; what a code span cannot hold in a table is written as entities."""
    plain = clean(text)
    if not plain:
        return ""
    if _PLAIN_CODE.fullmatch(plain) and plain == plain.strip():
        return f"`{plain}`"
    return f"<code>{_MARKUP.sub(_entity, plain)}</code>"


def _entity(match: re.Match[str]) -> str:
    # GitHub and GitLab look for mentions, references and addresses after they have resolved
    # entities, so that only a zero-width space behind the sign keeps them from finding one.
    guarded = match[0] in _GUARDED or (match[0] == "-" and match.start() > 0)
    return f"&#{ord(match[0])};{'&#8203;' if guarded else ''}"


def _example_warning(plan: Plan) -> str:
    count = len(examples(plan))
    if not count:
        return ""
    return (
        f"> [!WARNING]\n> {plural('value', count)} below "
        f"{'is an example and is' if count == 1 else 'are examples and are'} "
        "refused by anything that deploys."
    )


def _layer(layer: Layer, found: tuple[Share, ...]) -> Iterator[str]:
    mine = tuple(share for share in found if share.layer is layer and worth_telling(share))
    size = plural("resource", sum(len(share.managed) for share in mine))
    yield f"### {escape(heading(layer.name))} layer: {size}"
    rows = [
        (f"**{escape(heading(capability))}**", _tool(share), escape_lines(share_facts(share)))
        for capability, group in by_capability(mine).items()
        for share in group
    ]
    yield _table(("Capability", "Tool", "What it makes"), rows)
    for share in mine:
        if share.resources:
            yield _details(share)


def _tool(share: Share) -> str:
    tool = share.tool
    kind = f" ({code(tool.kind)})" if tool.kind else ""
    assumed = "<br>added because another tool needs it" if tool.assumed else ""
    return f"{code(tool.instance)}{kind}<br>{escape(tool.title)}{assumed}"


def escape_lines(lines: Iterable[str]) -> str:
    """Return lines for one cell of a table."""
    return "<br>".join(escape(line) for line in lines)


def _details(share: Share) -> str:
    rows = [
        (code(resource.name), escape(type_words(resource.type)), _marks(resource))
        for resource in share.resources
    ]
    title = f"{escape(share.tool.instance)}: {plural('resource', len(share.managed))}"
    table = _table(("Resource", "Type", "Marks"), rows)
    return f"<details><summary>{title}</summary>\n\n{table}\n\n</details>"


def _marks(resource: Resource) -> str:
    marks = {
        "component": not resource.custom,
        "protected": resource.options.protect,
        "stateful": resource.custom and is_stateful(resource),
        "kept when removed": resource.options.retain_on_delete,
    }
    return ", ".join(mark for mark, holds in marks.items() if holds)


def _wiring(plan: Plan) -> str:
    rows = [(code(path), code(readable(value))) for path, value in flatten(plan.wiring)]
    table = _table(("Key", "Value"), rows)
    return f"### Wiring\n\nWhat projects may rely on.\n\n{table}" if rows else ""


def _assumptions(plan: Plan) -> Iterator[str]:
    if plan.assumptions:
        yield "### Assumptions"
    for title, items in grouped_assumptions(plan):
        rows = [(code(a.path), code(readable(a.value)), escape(a.reason)) for a in items]
        yield f"**{escape(title)}**\n\n" + _table(("Key", "Value", "Why"), rows)


def _list(title: str, items: Iterable[str]) -> str:
    lines = [f"- {escape(item)}" for item in items]
    return f"### {title}\n\n" + "\n".join(lines) if lines else ""


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
