"""What a change would destroy: a card for each loss of data, a row for each broken project."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from stackwright.diff.changes import Order, Replacement, ResourceChange
from stackwright.diff.findings import BrokenProject, DataLoss
from stackwright.diff.model import BlueprintChange, Diff, EnvironmentDiff, Risk
from stackwright.report.diff.causes import Causes
from stackwright.report.diff.loss_order import loss_order
from stackwright.report.diff.markdown.fences import fence, property_lines
from stackwright.report.diff.merging import Where, merged
from stackwright.report.diff.sections import Block, Section, fold, row, table_head
from stackwright.report.diff.wording import (
    MOST_NAMES,
    before_after,
    ended,
    joined,
    lines_of,
    named,
    names,
    resource_words,
    said,
    titled,
)
from stackwright.report.markdown import escape
from stackwright.report.words import plural, type_words
from stackwright.urns import name_of, type_of

_MOST_CAUSES = 5
"""Properties and blueprint lines that a card shows."""

_MOST_STEPS = 12

_UNFOLDED = 5
"""Cards that are read without opening a fold."""

_ORDERS = {
    Order.DELETE_FIRST: "The old one is deleted before the new one is made.",
    Order.CREATE_FIRST: "The new one is made before the old one is deleted.",
}


_Loss: TypeAlias = tuple[DataLoss, ResourceChange | None]
"""A loss, and the change that it comes from."""


@dataclass(frozen=True, slots=True)
class _Card:
    """What a card says, apart from its resource; equal ones are one card with several."""

    order: tuple[bool, bool, bool]
    """What sorts the cards."""
    type: str
    tool: str
    body: str
    protections: tuple[str, ...]


def losses(diff: Diff) -> Iterator[Section]:
    """Yield a card for each loss of data; what is lost in the same way shares one.

    The gravest come first; what is beyond the first cards is folded.
    """
    cards: dict[tuple[_Card, Where], dict[str, str]] = {}
    for (card, name, steps), where in merged(diff, _with_changes, _shown):
        cards.setdefault((card, where), {})[name] = steps
    ordered = sorted(cards.items(), key=lambda item: item[0][0].order)
    causes = Causes(diff)
    blocks = tuple(
        Block(_card(causes, card, where, resources), len(resources) * len(where))
        for (card, where), resources in ordered
    )
    title, unit = "Data that would be lost", "stateful resource"
    yield Section(blocks[:_UNFOLDED], title=title, risk=Risk.DATA_LOSS, unit=unit)
    counts: Counter[str] = Counter()
    for (card, where), resources in ordered[_UNFOLDED:]:
        counts[card.type] += len(resources) * len(where)
    kinds = ", ".join(plural(words, count) for words, count in counts.most_common())
    yield Section(
        blocks[_UNFOLDED:],
        title=f"<b>More data that would be lost</b>: {said(kinds)}",
        risk=Risk.DATA_LOSS,
        folded=True,
        unit=unit,
    )


def broken_projects(diff: Diff) -> Section:
    """Return a row for each key of the wiring that a project would miss."""
    return Section(
        tuple(Block(_project_row(broken)) for broken in diff.projects),
        title="Projects that would break",
        risk=Risk.BROKEN_PROJECT,
        head=table_head("Project", "Environment", "Relies on", "What happens", "Registered in"),
        unit="project key",
    )


def _with_changes(environment: EnvironmentDiff) -> Iterator[_Loss]:
    changes = {one.urn: one for one in environment.changes}
    return ((loss, changes.get(loss.urn)) for loss in environment.losses)


def _shown(environment: EnvironmentDiff, found: _Loss) -> tuple[_Card, str, str]:
    """Return the card of a loss, the name of its resource, and the safe way."""
    loss, change = found
    card = _Card(
        order=loss_order(loss),
        type=type_words(type_of(loss.urn)),
        tool=loss.tool,
        body=joined(_what(environment, loss), _forced(loss, change)),
        protections=tuple(_protections(loss)),
    )
    return card, name_of(loss.urn), lines_of(map(said, loss.steps[:_MOST_STEPS]), "1.")


def _card(causes: Causes, card: _Card, where: Where, resources: Mapping[str, str]) -> str:
    shown = list(resources.items())[:MOST_NAMES]
    many = len(resources) > 1
    words = plural(card.type, len(resources)) if many else card.type
    title = f"#### {said(words[:1].upper() + words[1:])} {names(resources)} {where}"
    facts = lines_of([*_lines(causes, card, where), *card.protections])
    return joined(title, card.body, facts, *_ways(shown))


def _ways(shown: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the safe way of each resource; one for all, where it differs in their names alone."""
    many = len(shown) > 1
    shared = {
        re.sub(rf"(?<![\w-]){re.escape(escape(name))}(?![\w-])", "NAME", steps)
        for name, steps in shown
    }
    if many and len(shared) == 1:
        shown = [("", shared.pop())]
    for name, steps in shown:
        whose = f" for {titled(name)}" if name else " for each NAME"
        if steps:
            yield fold(f"The safe way{whose if many else ''}", steps)


def _what(environment: EnvironmentDiff, loss: DataLoss) -> str:
    tool = environment.titles.get(loss.tool, loss.tool)
    belongs = f" Part of {said(tool)}, layer {named(loss.layer)}." if tool else ""
    lost = f" Lost: {said(loss.what)}." if loss.what else " The program protects it."
    return f"Would be **{ended(loss.action)}**.{lost}{belongs} {_allowance(loss)}"


def _forced(loss: DataLoss, change: ResourceChange | None) -> str:
    if change is None:
        return ""
    causes = [one for one in change.properties if one.path in loss.causes][:_MOST_CAUSES]
    return joined(fence(property_lines(causes)), _how(change.replacement))


def _how(replacement: Replacement | None) -> str:
    if replacement is None:
        return ""
    because = replacement.because_of
    root = f"It is replaced because {resource_words(because)} is. " if because else ""
    return f"{root}{_ORDERS[replacement.order]} {said(replacement.gap)}".strip()


def _lines(causes: Causes, card: _Card, where: Where) -> Iterator[str]:
    """Yield the lines of the blueprint that change for the tool of a card."""
    found: dict[tuple[str, str, int], BlueprintChange] = {}
    for environment in where.environments:
        for one in causes.of(environment, card.tool)[:_MOST_CAUSES]:
            found[one.path, one.file, one.line] = one
    for (path, file, line), one in list(found.items())[:_MOST_CAUSES]:
        yield f"Blueprint: {named(path)} in {named(f'{file}:{line}')}: {before_after(one)}"


def _protections(loss: DataLoss) -> Iterator[str]:
    for one in loss.protections[:_MOST_STEPS]:
        holds = "Kept by" if one.holds else "**Not kept** by"
        yield f"{holds} {said(one.name)}. {said(one.note)}"


def _allowance(loss: DataLoss) -> str:
    allowed = loss.allowed
    if allowed is None:
        return "**Refused:** the blueprint does not allow it."
    reason = f'{said(allowed.expires)}: "{said(allowed.reason)}".'
    if allowed.expired:
        return f"**Refused:** the blueprint allowed it until {reason}"
    return f"The blueprint allows it until {reason}"


def _project_row(broken: BrokenProject) -> str:
    return row(
        f"{named(broken.project)} ({said(broken.repository)})"
        if broken.repository
        else named(broken.project),
        named(broken.environment),
        named(f"{broken.contract} {broken.key}".strip()),
        f"**{broken.breakage.replace('-', ' ')}**: {said(broken.sentence)}",
        named(f"{broken.file}:{broken.line}"),
    )


def cards(diff: Diff) -> Iterator[Section]:
    """Yield what stands unfolded above everything that follows."""
    yield from losses(diff)
    yield broken_projects(diff)
