"""Which inputs force the replacement of a resource, by type, and how it is replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any


class When(StrEnum):
    """What must happen to an input so that it forces a replacement."""

    CHANGES = "changes"
    ADDED = "added"
    REMOVED = "removed"
    ADDED_OR_REMOVED = "added or removed"
    DECREASES = "decreases"
    """A number or a version gets lower."""
    BECOMES = "becomes"
    """It gets one value."""
    LOSES_AN_ELEMENT = "loses an element"
    UNCLEAR = "unclear"
    """It depends on more than a plan knows."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A case in which a change of an input forces a replacement."""

    when: When
    value: Any = None
    """The value that it becomes."""
    start: Any = None
    """The value that it must have had; None for any."""
    only_with: Mapping[str, Any] = field(default_factory=dict)
    """Other inputs that must have these values."""
    never_with: Mapping[str, Any] = field(default_factory=dict)
    """Other inputs of which none may have these values."""
    unless_mutable: str = ""
    """Option of the provider that lets the object be changed, unless the object forbids it."""
    otherwise_unknown: bool = False
    """Whether the other cases were not decided; else they are changes in place."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is known of the inputs of one type; an input that is not named changes in place.

    Of an AWS type that holds only for the inputs that were there: see `known_inputs`.
    """

    replaces: tuple[str, ...] = ()
    """Paths; a change of one, or of what is inside it, replaces the resource."""
    sometimes: Mapping[str, Condition] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    """Paths that were not decided."""
    in_place: tuple[str, ...] = ()


@cache
def rules_of_every(package: str) -> Rules:
    """Return what is true of every type of a package, such as `aws`."""
    return _rules(_facts()["every"].get(package, {}))


@cache
def rules_of(type_: str) -> Rules | None:
    """Return what is known of a type, which may have an old name; None for an unknown type."""
    found = _facts()["types"].get(current_name(type_))
    return None if found is None else _rules(found)


def current_name(type_: str) -> str:
    """Return the name that a type has today; itself unless it is an old one."""
    name: str = _facts()["aliases"].get(type_, type_)
    return name


@cache
def name_input(type_: str) -> str:
    """Return the input of an AWS type that its provider fills with a random name if it is left out.

    Empty for a type whose name the provider never chooses.
    """
    name: str = _facts()["names"].get(current_name(type_), "name")
    return name


@cache
def is_deleted_first(type_: str) -> bool:
    """Tell whether a provider deletes a resource of this type before it makes the new one."""
    return type_ in _facts()["deleted_first"]


@cache
def is_global(type_: str) -> bool:
    """Tell whether an AWS type is in no region, so that another region is nothing to it."""
    facts = _facts()["global"]
    service = type_.partition(":")[2].partition("/")[0]
    return service in facts["services"] or type_ in facts["types"]


@cache
def named_outputs(type_: str) -> frozenset[str]:
    """Return the outputs that are made from the name alone: the same name gives the same value."""
    return frozenset(_facts()["named_outputs"].get(current_name(type_), ()))


@cache
def new_outputs(type_: str) -> frozenset[str]:
    """Return the outputs that no two resources share: a replacement gives them other values."""
    return frozenset(_facts()["new_outputs"].get(type_, ()))


@cache
def outputs_of_an_update(type_: str) -> frozenset[str]:
    """Return the outputs that get another value with every update of the resource."""
    return frozenset(_facts()["outputs_of_an_update"].get(type_, ()))


@cache
def _facts() -> Mapping[str, Any]:
    text = Path(__file__).with_name("replacement_rules.json").read_text(encoding="utf-8")
    facts: Mapping[str, Any] = json.loads(text)
    return facts


def _rules(facts: Mapping[str, Any]) -> Rules:
    return Rules(
        replaces=tuple(facts.get("replaces", ())),
        sometimes={path: _condition(one) for path, one in facts.get("sometimes", {}).items()},
        unknown=tuple(facts.get("unknown", ())),
        in_place=tuple(facts.get("in_place", ())),
    )


def _condition(facts: Mapping[str, Any]) -> Condition:
    return Condition(
        when=When(facts["when"]),
        value=facts.get("value"),
        start=facts.get("from"),
        only_with=facts.get("if", {}),
        never_with=facts.get("unless", {}),
        unless_mutable=facts.get("unless_mutable", ""),
        otherwise_unknown=facts.get("otherwise") == "unknown",
    )
