"""An update of a resource in place, as the rules of serving impact look at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from stackwright.diff.changes import Effect, ResourceChange
from stackwright.diff.findings import Impact
from stackwright.diff.shapes import Inputs
from stackwright.plan.graph import JsonValue
from stackwright.report.words import readable

Judgement: TypeAlias = tuple[Impact, str]
"""What callers see, and the rest of a sentence that begins with the resource."""

_SHORT_DIGEST = 12
"""Characters of an image's digest that tell it from another."""


@dataclass(frozen=True, slots=True)
class Update:
    """One resource that is updated in place."""

    change: ResourceChange
    before: Inputs
    after: Inputs
    claims: frozenset[str]
    """Identities of the volume claims that one node at a time can use."""

    def touches(self, *paths: str) -> bool:
        """Tell whether the engine acts on a property at or below one of the paths."""
        return any(
            one.effect is not Effect.NONE
            and (one.path == path or one.path.startswith((f"{path}.", f"{path}[")))
            for one in self.change.properties
            for path in paths
        )


def difference(label: str, before: JsonValue, after: JsonValue) -> str:
    """Return `LABEL BEFORE -> AFTER`; empty when both are equal."""
    return "" if before == after else f"{label} {_short(before)} -> {_short(after)}"


def joined(parts: Iterable[str], begin: str = ": ") -> str:
    """Return the parts that say something, with commas and what they begin with."""
    said = ", ".join(part for part in parts if part)
    return f"{begin}{said}" if said else ""


def _short(value: JsonValue) -> str:
    if value is None:
        return "none"
    text = readable(value)
    name, _, digest = text.partition("@sha256:")
    return f"{name}@{digest[:_SHORT_DIGEST]}" if digest else text
