"""Puts what is gained and lost into words, and into one finding for each subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from stackwright.blueprint.shown import listed
from stackwright.diff.access.sides import Source
from stackwright.diff.findings import AccessChange, Direction

_MOST_ITEMS = 200
"""Items that a finding lists before it counts the rest."""

_MOST_SAID = 3
"""Items that a sentence names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How gains and losses of one kind are said, with `{subject}` and `{items}`."""

    kind: str
    gained: str
    lost: str


@dataclass(slots=True)
class Change:
    """What differs for one subject."""

    source: Source
    subject: str
    """The subject in words, such as `role tracking-role`."""
    gained: dict[str, str] = field(default_factory=dict)
    """Item -> how the sentence says it."""
    lost: dict[str, str] = field(default_factory=dict)
    unclear: bool = False
    """Whether something in it is known only after deployment."""
    new: bool = False
    """Whether the subject is made by this change, so that what it is given comes with it."""


def finding(change: Change, wording: Wording) -> Iterator[AccessChange]:
    """Yield the finding, or nothing where nothing is gained, lost or unclear."""
    direction = _direction(change)
    if direction is None:
        return
    yield AccessChange(
        urn=change.source.urn,
        layer=change.source.layer,
        tool=change.source.tool,
        kind=wording.kind,
        direction=direction,
        sentence=_sentence(change, wording),
        gained=_listed(change.gained),
        lost=_listed(change.lost),
        new=change.new,
    )


def _listed(items: Mapping[str, str]) -> tuple[str, ...]:
    if len(items) <= _MOST_ITEMS:
        return tuple(items)
    return (*islice(items, _MOST_ITEMS), f"and {len(items) - _MOST_ITEMS} more")


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Return the items of `after` that `before` lacks."""
    return {item: said for item, said in after.items() if item not in before}


def _direction(change: Change) -> Direction | None:
    if change.unclear:
        return Direction.UNCLEAR
    if change.gained and change.lost:
        return Direction.BOTH
    if change.gained:
        return Direction.WIDER
    return Direction.NARROWER if change.lost else None


def _sentence(change: Change, wording: Wording) -> str:
    parts = [
        pattern.format(subject=change.subject, items=_items(list(items.values())))
        for pattern, items in ((wording.gained, change.gained), (wording.lost, change.lost))
        if items
    ]
    if change.unclear:
        parts.append(f"part of what {change.subject} allows is known only after deployment")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _items(said: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(said))
    if len(distinct) > _MOST_SAID:
        distinct = [*distinct[: _MOST_SAID - 1], f"{len(distinct) - _MOST_SAID + 1} more"]
    return listed(distinct, "and")
