"""What would be lost, for a terminal: a card for each loss, with the safe way in steps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stackwright.allowances import KEY
from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Action
from stackwright.diff.findings import DataLoss, Protection
from stackwright.diff.model import Diff, EnvironmentDiff
from stackwright.report.diff.loss_order import loss_order
from stackwright.report.diff.merging import merged
from stackwright.report.diff.text.lines import Lines, some
from stackwright.report.diff.wording import ended
from stackwright.report.words import clean, plural
from stackwright.urns import name_of, type_of

_MOST_NAMES = 12

_MOST_WAYS = 8
"""Cards that tell the safe way; those after them only say what is lost."""

_REFUSED = "REFUSED"

_NAME = "\0"
"""Stands for the name of a resource in what is said of several."""


@dataclass(frozen=True, slots=True)
class _Card:
    """What is said of a loss, apart from the resource and its tool."""

    type: str
    """Pulumi type token."""
    action: Action
    because: str
    answer: str
    """What the guard says."""
    order: tuple[bool, bool, bool]
    """What sorts the cards."""
    lost: str
    facts: tuple[str, ...]
    steps: tuple[str, ...]


def loss_lines(diff: Diff, width: int) -> list[str]:
    """Return a card for each loss; those that differ in names alone are one, gravest first."""
    cards: dict[tuple[_Card, str], dict[str, str]] = {}
    for (card, name, tool), at in merged(diff, lambda one: one.losses, _loss):
        cards.setdefault((card, listed(at.environments, "and")), {})[name] = tool
    ordered = sorted(cards.items(), key=lambda item: item[0][0].order)
    lines = Lines(width, "  ")
    for number, ((card, places), names) in enumerate(ordered):
        them = some(card.type, list(names), most=_MOST_NAMES)
        lines.add(f"{them} would be {_done(card, len(names))}, in {places}")
        _add(lines, card, names, whole=number < _MOST_WAYS)
    more = len(ordered) - _MOST_WAYS
    if more > 0:
        lines.add(f"The safe way of the last {plural('card', more)} is in --format html.")
    return ["Data that would be lost", *lines.found] if cards else []


def _done(card: _Card, count: int) -> str:
    return f"{ended(card.action, count)}{card.because}"


def _add(lines: Lines, card: _Card, names: dict[str, str], whole: bool) -> None:
    name, tool = next(iter(names.items()))
    own = f"part of the {tool}; " if tool and len(names) == 1 else ""
    lines.add(f"    {card.answer}", 6)
    lost = f"lost with it: {card.lost}" if card.lost else "the program protects it"
    lines.add(f"    {own}{lost}", 6)
    for fact in card.facts:
        lines.add(f"    {fact}", 6)
    steps = card.steps if whole else ()
    for number, step in enumerate(steps, 1):
        said = step.replace(_NAME, name if len(names) == 1 else "NAME")
        lines.add(f"    {number}. {said}", 7)


def _loss(environment: EnvironmentDiff, loss: DataLoss) -> tuple[_Card, str, str]:
    name = clean(name_of(loss.urn))
    own = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    card = _Card(
        type=type_of(loss.urn),
        action=loss.action,
        because=clean(f" because of {listed(loss.causes, 'and')}") if loss.causes else "",
        answer=_answer(loss),
        order=loss_order(loss),
        lost=clean(loss.what),
        facts=tuple(map(_protection, loss.protections)),
        steps=tuple(own.sub(_NAME, clean(step)) for step in loss.steps),
    )
    return card, name, environment.titles.get(loss.tool, loss.tool)


def _protection(item: Protection) -> str:
    return f"{item.name} {'holds' if item.holds else 'DOES NOT HOLD'}: {item.note}"


def _answer(loss: DataLoss) -> str:
    if loss.allowed is None:
        return f"{_REFUSED}: {KEY} of the blueprint does not name it."
    until = f"until {loss.allowed.expires}: {loss.allowed.reason}"
    return f"{_REFUSED}: it was allowed {until}" if loss.allowed.expired else f"Allowed {until}"
