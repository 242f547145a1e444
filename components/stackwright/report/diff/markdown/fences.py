"""Properties that differ as a fenced block that a forge colours: the mark stands in column 0."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Effect, Evidence, PropertyChange, PropertyKind
from stackwright.report.diff.wording import (
    LONGEST_NAME,
    cut,
    differing,
    said,
    value_text,
    value_words,
)
from stackwright.report.words import plural

MOST_LINES = 20
"""Properties of one resource that are shown; the others are counted."""

_ONE_LINE = 96
"""Characters of path and both values that still read well on one line."""

_MOST_NOISE = 5
"""Kinds of noise that are named."""

_BACKTICKS = re.compile("`+")

_SURENESS = {
    Evidence.MEASURED: "forces replacement, measured",
    Evidence.DOCUMENTED: "forces replacement, documented",
    Evidence.NONE: "forces replacement",
}


def fence(lines: Iterable[str]) -> str:
    """Return lines in a fence that nothing in them can close; empty for no lines."""
    found = list(lines)
    if not found:
        return ""
    longest = max((len(run) for line in found for run in _BACKTICKS.findall(line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join((f"{ticks}diff", *found, ticks))


def property_lines(properties: Iterable[PropertyChange], prefix: str = "") -> Iterator[str]:
    """Yield the lines of properties, each cleaned and cut; `!` is a changed one.

    Args:
        properties: What differs; noise is left out.
        prefix: What to write before each path, such as `option `.
    """
    for change in told(properties):
        yield from _lines(change, prefix)


def told(properties: Iterable[PropertyChange]) -> list[PropertyChange]:
    """Return the properties that tell something, those that replace first."""
    order = {Effect.REPLACES: 0, Effect.UNKNOWN: 1}
    found = [change for change in properties if not change.noise]
    return sorted(found, key=lambda change: order.get(change.effect, 2))


def follows(change: PropertyChange) -> bool:
    """Tell whether a property differs only as what it refers to is another one now."""
    return change.kind is PropertyKind.UPDATE and (
        value_words(change.before) == value_words(change.after)
    )


def noise(properties: Iterable[PropertyChange]) -> str:
    """Return what is counted and not shown, escaped: `3 image digests and 1 checksum`."""
    counts = Counter(change.noise for change in properties if change.noise)
    return listed((said(plural(what, n)) for what, n in counts.most_common(_MOST_NOISE)), "and")


def shortened(properties: Sequence[PropertyChange]) -> tuple[str, int]:
    """Return the fence of the first `MOST_LINES` properties, and how many others there are."""
    found = told(properties)
    lines = [line for change in found[:MOST_LINES] for line in _lines(change, "")]
    return fence(lines), max(0, len(found) - MOST_LINES)


def _lines(change: PropertyChange, prefix: str) -> Iterator[str]:
    path = f"{prefix}{cut(change.path, LONGEST_NAME)}"
    note = _note(change)
    if change.kind is PropertyKind.ADD:
        yield f"+ {path}: {value_text(change.after)}{note}"
    elif change.kind is PropertyKind.DELETE:
        yield f"- {path}: {value_text(change.before)}{note}"
    else:
        before, after = differing(change)
        if after == f"another {before}":
            yield f"! {path}: {after}{note}"
            return
        if len(path) + len(before) + len(after) <= _ONE_LINE:
            yield f"! {path}: {before} -> {after}{note}"
        else:
            yield from (f"- {path}: {before}", f"+ {path}: {after}{note}")


def _note(change: PropertyChange) -> str:
    if change.effect is Effect.REPLACES:
        return f"  ({_SURENESS[change.evidence]})"
    if change.effect is Effect.UNKNOWN:
        return "  (may force replacement, nobody measured it)"
    return "  (ignored by the engine)" if change.effect is Effect.NONE else ""
