"""A plan as plain text for a terminal of 80 to 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from stackwright.plan.graph import Assumption, JsonValue, Layer, Plan
from stackwright.report.inventory import OWN, Share, by_capability, examples, shares
from stackwright.report.inventory import tools as tools_of
from stackwright.report.words import (
    clean,
    counts_words,
    edge_sentence,
    flatten,
    heading,
    plural,
    readable,
)

DEFAULT_WIDTH = 96
_LONGEST_VALUE = 240

SOURCES = {
    "example": "EXAMPLE, refused by anything that deploys",
    "derived": "Derived from the rest of the blueprint",
    "profile": "Set by the profile",
    "default": "Defaults",
}
"""Source of an assumption -> its heading, in the order in which they are shown."""


def text(plan: Plan, width: int = DEFAULT_WIDTH) -> str:
    """Return what a person reads at a terminal.

    Args:
        plan: What to show.
        width: Columns of the terminal; taken as at least 80 and at most 100.
    """
    width = min(max(width, 80), 100)
    found = shares(plan)
    blocks = [
        headline(plan),
        *(_layer(layer, found, width) for layer in plan.layers),
        _section("How the tools are joined", _items((edge_sentence(e) for e in plan.edges), width)),
        _section("Wiring: what projects may rely on", wiring_lines(plan.wiring, width)),
        *_assumptions(plan, width),
        _section("Warnings", _items(_warnings(plan), width)),
        [wrapped("Next: " + next_step(plan), "", "      ", width)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def wiring_lines(wiring: Mapping[str, JsonValue], width: int = DEFAULT_WIDTH) -> list[str]:
    """Return a line for each key of the wiring, with its value or where that will come from."""
    return _pairs(flatten(wiring), width)


def headline(plan: Plan) -> list[str]:
    """Return what the plan is of, and how much it makes, as two lines."""
    found = shares(plan)
    protected = sum(share.protected for share in found)
    size = (
        f"{plural('resource', plan.counts().total())} in {plural('tool', _tool_count(plan))}, "
        f"{plural('layer', len(plan.layers))}"
    )
    marks = f", {protected} protected from deletion" if protected else ""
    return [
        f"{clean(plan.name)}, environment {clean(plan.environment)}, on {clean(plan.target)}",
        f"{size}{marks}",
    ]


def grouped_assumptions(plan: Plan) -> Iterator[tuple[str, list[Assumption]]]:
    """Yield heading and assumptions of each source, examples first."""
    sources = list(SOURCES) + sorted({item.source for item in plan.assumptions} - set(SOURCES))
    for source in sources:
        items = [item for item in plan.assumptions if item.source == source]
        if items:
            yield SOURCES.get(source, heading(source)), items


def share_facts(share: Share) -> list[str]:
    """Return counts, outputs and marks of a share, a line each."""
    none = "no resources" if share.tool is OWN else "no resources: it uses what is there"
    facts = [", ".join(counts_words(share.counts)) or none]
    if share.outputs:
        facts.append("outputs: " + ", ".join(clean(key) for key in sorted(share.outputs)))
    marks = []
    if share.stateful:
        marks.append(f"stateful: {share.stateful}")
    if share.protected:
        marks.append(f"protected: {share.protected}")
    return [*facts, ", ".join(marks)] if marks else facts


def worth_telling(share: Share) -> bool:
    """Tell whether a summary names the share: the program's own providers are left out."""
    return share.tool is not OWN or bool(share.managed)


def next_step(plan: Plan) -> str:
    """Return what to do with the plan now, as one sentence."""
    count = len(examples(plan))
    if count:
        return (
            f"replace the {plural('example value', count)} above by your own in "
            "blueprint.yaml, then plan again."
        )
    if not plan.layers:
        return "add a tool to blueprint.yaml; `stackwright catalog` lists them."
    page = f"stackwright plan -e {clean(plan.environment)} --format html -o plan.html"
    stacks = ", then ".join(f"stacks/{clean(layer.name)}" for layer in plan.layers)
    return f"{page} shows every resource; pulumi up in {stacks} deploys it."


def _tool_count(plan: Plan) -> int:
    known = {tool.instance for tool in plan.tools}
    return sum(tool.instance in known for tool in tools_of(plan))


def _layer(layer: Layer, found: tuple[Share, ...], width: int) -> list[str]:
    mine = tuple(share for share in found if share.layer is layer and worth_telling(share))
    size = plural("resource", sum(len(share.managed) for share in mine))
    stack = f"stack {clean(layer.stack)} of {clean(layer.project)}"
    lines = [f"{heading(clean(layer.name))} layer: {size}  ({stack})"]
    for capability, group in by_capability(mine).items():
        lines.append(f"  {heading(clean(capability))}")
        for share in group:
            lines.extend(_share(share, width))
    return lines


def _share(share: Share, width: int) -> list[str]:
    tool = share.tool
    kind = f" ({clean(tool.kind)})" if tool.kind else ""
    assumed = "  [added because another tool needs it]" if tool.assumed else ""
    title = f"{clean(tool.instance)}{kind}: {clean(tool.title)}{assumed}"
    return [
        wrapped(title, "    ", "      ", width),
        *(wrapped(fact, "      ", "        ", width) for fact in share_facts(share)),
    ]


def _assumptions(plan: Plan, width: int) -> Iterator[list[str]]:
    for title, items in grouped_assumptions(plan):
        lines = (f"{a.path} = {_short(readable(a.value))}: {a.reason}" for a in items)
        yield _section(f"Assumed. {title}", _items(lines, width))


def _warnings(plan: Plan) -> Iterator[str]:
    for layer in plan.layers:
        for warning in layer.warnings:
            yield f"{layer.name}: {warning}"


def _section(title: str, lines: list[str]) -> list[str]:
    return [clean(title), *lines] if lines else []


def _items(texts: Iterable[str], width: int) -> list[str]:
    return [wrapped(clean(item), "  - ", "    ", width) for item in texts]


def _pairs(pairs: Iterable[tuple[str, object]], width: int) -> list[str]:
    return [
        wrapped(clean(f"{path} = {_short(readable(value))}"), "  ", "      ", width)
        for path, value in pairs
    ]


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 3] + "..."


def wrapped(line: str, first: str, then: str, width: int) -> str:
    """Return a line in lines of `width`, with what the first and the others begin with."""
    return textwrap.fill(
        line,
        width,
        initial_indent=first,
        subsequent_indent=then,
        break_on_hyphens=False,
    )
