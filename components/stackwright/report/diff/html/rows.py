"""The changed resources as data for a page: grouped by capability and tool, the worst first.

A resource is one row for all environments, with a variant for each way in which it changes; what
differs in several environments alike is one entry of it. Every value is kept once, in a table, and
named by its place there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stackwright.diff.changes import (
    Action,
    Evidence,
    JsonValue,
    Order,
    PropertyChange,
    Replacement,
    ResourceChange,
)
from stackwright.diff.model import Diff, EnvironmentDiff, Risk
from stackwright.diff.verdict import INTERRUPTING, WIDENING
from stackwright.report.diff.merging import fingerprint, portable
from stackwright.report.diff.wording import ACTION_WORDS, RISK_WORDS
from stackwright.report.inventory import OWN
from stackwright.report.words import clean, heading, type_words
from stackwright.urns import is_managed

MARKS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "\u00b1",
    Action.DELETE: "\u2212",
    Action.FORGET: "\u25cb",
    Action.MOVE: "\u2192",
    Action.RENAME: "\u2192",
    Action.IMPORT: "\u2193",
    Action.READ: "\u00b7",
}
"""Action -> its sign; the word stands beside it."""

SURENESS = {
    Evidence.MEASURED: "measured",
    Evidence.DOCUMENTED: "documented",
    Evidence.NONE: "not measured",
}
"""Evidence -> how sure an effect is, in words."""

_ORDERS = {
    Order.DELETE_FIRST: "The old one is deleted before the new one is created.",
    Order.CREATE_FIRST: "The new one is created before the old one is deleted.",
}

_RISKS = tuple(Risk)

Note = list[Any]
"""A sentence in pieces: texts, `{"code": TEXT}` and `{"urn": URN}`."""


@dataclass(slots=True)
class _Values:
    """Every value once, by its place."""

    places: dict[str, int] = field(default_factory=dict)
    values: list[JsonValue] = field(default_factory=list)

    def place(self, value: JsonValue) -> int:
        text = json.dumps(value, sort_keys=True)
        if text not in self.places:
            self.places[text] = len(self.values)
            self.values.append(value)
        return self.places[text]


def rows_data(diff: Diff) -> dict[str, Any]:
    """Return what the script of the page shows, as JSON values."""
    values = _Values()
    groups: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for place, environment in enumerate(diff.environments):
        risks = risks_by_urn(environment)
        for change in environment.changes:
            instance = change.tool or OWN.instance
            rows = groups.setdefault((change.capability, instance), {})
            row = rows.setdefault(f"{change.layer} {portable(change.urn)}", _row(change))
            _add(row, place, change, risks.get(change.urn, ()))
    titles = {name: text for one in diff.environments for name, text in one.titles.items()}
    tools = [
        _tool(capability, instance, titles.get(instance, ""), rows.values(), values)
        for (capability, instance), rows in groups.items()
    ]
    return {
        "actions": [[one.value, MARKS[one], ACTION_WORDS[one]] for one in Action],
        "environments": [one.environment for one in diff.environments],
        "risks": [[one.value, RISK_WORDS[one]] for one in Risk],
        "sureness": {one.value: words for one, words in SURENESS.items()},
        "tools": _by_capability(tools),
        "values": values.values,
    }


def risks_by_urn(environment: EnvironmentDiff) -> dict[str, tuple[Risk, ...]]:
    """Return the risks of each changed resource, the worst first; a routine change has none."""
    found: dict[str, set[Risk]] = {}
    for urn, risk in _risks(environment):
        found.setdefault(urn, set()).add(risk)
    return {urn: tuple(risk for risk in _RISKS if risk in risks) for urn, risks in found.items()}


def _risks(environment: EnvironmentDiff) -> Iterator[tuple[str, Risk]]:
    for loss in environment.losses:
        yield loss.urn, Risk.DATA_LOSS
    for service in environment.services:
        if service.impact in INTERRUPTING:
            yield service.urn, Risk.INTERRUPTION
    for access in environment.access:
        if access.direction in WIDENING and not access.new:
            yield access.urn, Risk.ACCESS
    for change in environment.changes:
        if change.action is Action.REPLACE:
            yield change.urn, Risk.REPLACEMENT
        if change.uncertain:
            yield change.urn, Risk.UNCERTAIN


def _row(change: ResourceChange) -> dict[str, Any]:
    return {
        "key": portable(change.urn),
        "name": change.name,
        "type": change.type,
        "words": type_words(change.type),
        "layer": change.layer,
        "counts": is_managed(change.type, change.custom),
        "variants": {},
    }


def _add(
    row: dict[str, Any],
    place: int,
    change: ResourceChange,
    risks: tuple[Risk, ...],
) -> None:
    """Add a change to its row: to the variant that is alike, or as a new one."""
    told = {
        "action": change.action.value,
        "risks": [risk.value for risk in risks],
        "notes": list(_notes(change)),
    }
    variant = row["variants"].setdefault(
        fingerprint(told), {**told, "in": [], "urns": [], "properties": {}, "options": {}}
    )
    variant["in"].append(place)
    variant["urns"].append(change.urn)
    for name, properties in (("properties", change.properties), ("options", change.options)):
        for one in properties:
            variant[name].setdefault(fingerprint(one), (one, []))[1].append(place)


def _notes(change: ResourceChange) -> Iterator[Note]:
    if change.replacement is not None:
        yield from _replacement_notes(change.replacement)
    if change.loses and change.ends:
        yield [f"It holds data: {change.loses}."]
    if change.protected and change.ends:
        yield ["It is protected: the engine refuses until the protection is lifted."]
    if change.uncertain:
        yield ["It is updated as far as is known. What nobody measured may replace it."]
    if change.before_urn:
        yield ["It was ", {"code": change.before_urn}, "; an alias takes it over."]
    if change.twin:
        yield ["It seems to be ", {"urn": change.twin}, " under another name."]
    if change.alias:
        yield ["To keep it, add this alias: ", {"code": change.alias}]


def _replacement_notes(replacement: Replacement) -> Iterator[Note]:
    if replacement.because_of:
        yield ["Replaced because this is replaced: ", {"urn": replacement.because_of}]
    if replacement.properties:
        pieces: Note = ["Forced by "]
        for number, path in enumerate(replacement.properties):
            pieces += [*([", "] if number else []), {"code": path}]
        yield [*pieces, f" ({SURENESS[replacement.evidence]})."]
    yield [f"{_ORDERS[replacement.order]} {replacement.gap}".rstrip()]


def _tool(
    capability: str,
    instance: str,
    title: str,
    rows: Iterable[dict[str, Any]],
    values: _Values,
) -> dict[str, Any]:
    ordered = [
        {**row, "variants": [_finished(one, values) for one in row["variants"].values()]}
        for row in rows
    ]
    ordered.sort(key=_rank)
    return {
        "capability": heading(clean(capability)) if capability else "The program itself",
        "instance": clean(instance),
        "title": "" if clean(title) == clean(instance) else clean(title),
        "rows": ordered,
    }


def _finished(variant: dict[str, Any], values: _Values) -> dict[str, Any]:
    return {
        **variant,
        "properties": _by_path(variant["properties"], values),
        "options": _by_path(variant["options"], values),
    }


def _by_path(
    found: Mapping[str, tuple[PropertyChange, list[int]]], values: _Values
) -> list[list[int]]:
    """Return path, old value, new value and the rest of each, as places; those of a path together.

    A property is found once for all environments in which it changes alike.
    """
    paths: dict[str, list[list[int]]] = {}
    for change, places in found.values():
        rest = {
            "kind": change.kind.value,
            "effect": change.effect.value,
            "evidence": change.evidence.value,
            "noise": change.noise,
            "in": places,
        }
        parts = (change.path, change.before, change.after, rest)
        paths.setdefault(change.path, []).append([values.place(part) for part in parts])
    return [entry for entries in paths.values() for entry in entries]


def _rank(row: dict[str, Any]) -> int:
    order = [risk.value for risk in _RISKS]
    risks = [order.index(risk) for variant in row["variants"] for risk in variant["risks"]]
    return min(risks, default=len(order))


def _by_capability(tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tools with those of a capability together, and what is worst first."""
    worst: dict[str, int] = {}
    for tool in tools:
        rank = min(map(_rank, tool["rows"]))
        worst[tool["capability"]] = min(rank, worst.get(tool["capability"], rank))
    places = {name: number for number, name in enumerate(worst)}
    return sorted(
        tools,
        key=lambda tool: (
            worst[tool["capability"]],
            places[tool["capability"]],
            min(map(_rank, tool["rows"])),
        ),
    )
