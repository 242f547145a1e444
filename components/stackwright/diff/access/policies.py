"""Compares what two sets of policies say, and puts the difference into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from stackwright.diff.access import words
from stackwright.diff.access.comparing import gained, narrowed
from stackwright.diff.access.findings import Change
from stackwright.diff.access.grants import Grant, Rules
from stackwright.diff.access.sides import Source

Speak: TypeAlias = Callable[[Grant, Mapping[str, str], str], str]


def compared(
    source: Source,
    subject: str,
    before: Rules | None,
    after: Rules | None,
    names: Mapping[str, str],
    speak: Speak = words.phrase,
) -> Change:
    """Return what differs for one subject.

    Args:
        source: The subject's resource.
        subject: The subject in words.
        before: What it was allowed; None when it was not there.
        after: What it is allowed; None when it goes.
        names: Physical name -> name in the program.
        speak: Says a grant in a sentence.
    """
    had, has = before or Rules(), after or Rules()
    change = Change(source, subject, new=before is None, unclear=_unclear(before, after))
    for grant, note in _new(had, has, names, "before only", "refused before"):
        if grant.allows or after is not None:
            said = speak(_told_apart(grant, had.grants), names, note)
            change.gained[words.item(grant, names, note)] = said
    for grant, note in _new(has, had, names, "now only", "refused now"):
        # What a new subject refuses takes nothing from anybody.
        if grant.allows or before is not None:
            said = speak(_told_apart(grant, has.grants), names, note)
            change.lost[words.item(grant, names, note)] = said
    return change


def _new(
    before: Rules, after: Rules, names: Mapping[str, str], left: str, refused: str
) -> Iterator[tuple[Grant, str]]:
    """Yield what `after` allows and `before` does not, with what to say of the rest."""
    # What has a plain name comes first, as a sentence does not hold all.
    for grant in sorted(gained(before, after), key=lambda one: not words.is_known(one)):
        smaller = narrowed(grant, before.grants) if grant.allows else None
        if not grant.allows:
            yield grant, refused
        elif smaller is None:
            yield grant, ""
        else:
            yield grant, f"{left} {words.rest(grant, smaller, names)}"


def _told_apart(grant: Grant, others: Iterable[Grant]) -> Grant:
    """Return a grant with those conditions alone that its counterpart on the other side lacks."""
    same = [
        other
        for other in others
        if (other.allows, other.principal, other.action, other.resource)
        == (grant.allows, grant.principal, grant.action, grant.resource)
    ]
    own = grant.conditions - same[0].conditions if len(same) == 1 else grant.conditions
    return replace(grant, conditions=own) if own else grant


def _unclear(before: Rules | None, after: Rules | None) -> bool:
    """Tell whether something unreadable differs; what goes altogether is clear enough."""
    return after is not None and (before or Rules()).unreadable != after.unreadable
