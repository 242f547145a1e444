"""Reads values that nobody typed: what is not of the shape asked for counts as empty."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

from stackwright.plan.graph import JsonValue
from stackwright.report.words import is_mark

Inputs: TypeAlias = Mapping[str, JsonValue]


def mapping(value: JsonValue) -> Inputs:
    """Return a mapping as it is, and anything else as an empty one."""
    return value if isinstance(value, Mapping) else {}


def at(value: JsonValue, path: str) -> JsonValue:
    """Return what lies at a dotted path of mappings; None where there is nothing."""
    for key in path.split("."):
        value = mapping(value).get(key)
    return value


def sequence(value: JsonValue) -> list[JsonValue]:
    """Return a list as it is, None as an empty one, and anything else as the only element."""
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]


def mappings(value: JsonValue) -> list[Inputs]:
    """Return the mappings of a list."""
    return [item for item in sequence(value) if isinstance(item, Mapping)]


def texts(value: JsonValue) -> list[str]:
    """Return the texts of a list, or the only one where there is no list."""
    return [item for item in sequence(value) if isinstance(item, str)]


def number(value: JsonValue) -> int | None:
    """Return a finite number without its fraction; None for anything else."""
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if known and math.isfinite(value) else None


def is_unclear(value: JsonValue) -> bool:
    """Tell whether something at or below `value` is known only after deployment, and no text."""
    if isinstance(value, Mapping):
        return is_mark(value) or any(is_unclear(item) for item in value.values())
    return isinstance(value, list | tuple) and any(is_unclear(item) for item in value)


def identity(inputs: Inputs) -> str:
    """Return `KIND/NAMESPACE/NAME` of a Kubernetes object."""
    metadata = mapping(inputs.get("metadata"))
    return f"{inputs.get('kind')}/{metadata.get('namespace')}/{metadata.get('name')}"
