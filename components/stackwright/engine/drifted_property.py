"""One property that is not as it was deployed: its values, and what becomes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stackwright.engine.changes import Change
from stackwright.engine.events import Difference, Operation
from stackwright.engine.property_paths import MISSING, overlap, value_at
from stackwright.engine.redaction import HIDDEN

if TYPE_CHECKING:
    from pulumi.automation.events import StepEventMetadata

LONGEST = 80
"""Characters of a value that are shown; more is no help on a line."""

_SECRET_PATH = re.compile(r"passw|secret|token|private_?key|api_?key|credential", re.I)
_SECRET_TYPE = re.compile(r":Secret$|:SecretVersion$|:SecretPatch$")


class Fate(StrEnum):
    """What becomes of drift when the state has taken it in and `up` runs."""

    REVERTED = "reverted"
    """The program says otherwise, so it is brought back."""
    STAYS = "stays"
    """The program says nothing about it."""
    UNKNOWN = "unknown"
    """The program could not be asked."""


@dataclass(frozen=True, slots=True)
class DriftedProperty:
    """One property that differs."""

    path: str
    """Property path, such as `spec.replicas`."""
    kind: str
    """`add`, `delete` or `update`: what somebody did."""
    was: str | None
    """Value as deployed, as JSON, cut where it is long; `[secret]`, or None for no value."""
    now: str | None
    """Value found, likewise."""
    fate: Fate


def compared_property(
    item: Difference,
    step: StepEventMetadata,
    meant: Change | None,
    redact: Callable[[str], str],
) -> DriftedProperty:
    """Return a property that differs, and what becomes of it.

    Args:
        item: Which, and how.
        step: The engine's own words for the resource.
        meant: What the program would do to the resource; None when that is not known.
        redact: Hides secrets in values.
    """
    was, now = _values(item.path, step)
    hidden = bool(_SECRET_PATH.search(item.path) or _SECRET_TYPE.search(step.type))
    hidden = hidden or HIDDEN in f"{was}{now}"
    return DriftedProperty(
        path=item.path,
        kind=item.kind,
        was=HIDDEN if hidden else _shown(was, redact),
        now=HIDDEN if hidden else _shown(now, redact),
        fate=_fate(item.path, meant),
    )


def _fate(path: str, meant: Change | None) -> Fate:
    if meant is None:
        return Fate.UNKNOWN
    if meant.operation is not Operation.UPDATE or not meant.differences:
        return Fate.STAYS if meant.operation is Operation.SAME else Fate.REVERTED
    reverted = any(overlap(path, item.path) for item in meant.differences)
    return Fate.REVERTED if reverted else Fate.STAYS


def _values(path: str, step: StepEventMetadata) -> tuple[Any, Any]:
    """Return a property before and now: what the program gives, else what the provider adds."""
    old, new = step.old, step.new
    if old is None or new is None:
        return MISSING, MISSING
    given = value_at(path, old.inputs), value_at(path, new.inputs)
    return (
        given
        if given[0] != given[1]
        else (value_at(path, old.outputs), value_at(path, new.outputs))
    )


def _shown(value: Any, redact: Callable[[str], str]) -> str | None:
    if value is MISSING:
        return None
    text = redact(json.dumps(value, sort_keys=True, ensure_ascii=False))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
