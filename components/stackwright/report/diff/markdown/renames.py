"""What seems to be renamed without an alias, and how to keep it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from stackwright.diff.changes import Action, ResourceChange
from stackwright.diff.model import Diff, EnvironmentDiff, Risk
from stackwright.report.diff.merging import Where, merged
from stackwright.report.diff.sections import Block, Section
from stackwright.report.diff.wording import LONGEST_ALIAS, cut, kinds, named, said
from stackwright.report.markdown import code
from stackwright.report.words import plural, type_words
from stackwright.urns import name_of

_FOLLOWING = "would follow what they are in, once that has its alias"

_ELSEWHERE = "seem to be those of another stack, from which no alias leads"


@dataclass(frozen=True, slots=True)
class _Twin:
    """A new resource that seems to be one that goes."""

    type: str
    new: str
    old: str
    alias: str
    others: str
    """What is said of it without an alias."""


def renames(diff: Diff) -> Section:
    """Return what seems to be renamed; with an alias it would be kept."""
    found = merged(diff, _twins, _twin)
    others: dict[tuple[str, Where], Counter[str]] = {}
    for one, where in found:
        if not one.alias:
            others.setdefault((one.others, where), Counter())[one.type] += 1
    return Section(
        (
            *(Block(_renamed(one, where), len(where)) for one, where in found if one.alias),
            *(_others(text, where, types) for (text, where), types in others.items()),
        ),
        title=f"<b>Renamed without an alias</b>: {plural('resource', len(found))}",
        risk=Risk.REPLACEMENT,
        folded=True,
    )


def _twins(environment: EnvironmentDiff) -> Iterator[ResourceChange]:
    """Yield the new one of each two that seem to be the same."""
    return (one for one in environment.changes if one.twin and one.action is Action.CREATE)


def _twin(_: EnvironmentDiff, change: ResourceChange) -> _Twin:
    same_stack = change.urn.split("::", 2)[:2] == change.twin.split("::", 2)[:2]
    return _Twin(
        change.type,
        change.name,
        name_of(change.twin),
        change.alias,
        _FOLLOWING if same_stack else _ELSEWHERE,
    )


def _renamed(twin: _Twin, where: Where) -> str:
    old = "moved" if twin.old == twin.new else f"{named(twin.old)} renamed"
    alias = code(cut(twin.alias, LONGEST_ALIAS))
    return (
        f"{said(type_words(twin.type))} {named(twin.new)} {where} seems to be {old}, and is made "
        f"anew. To keep it, add the alias {alias}."
    )


def _others(text: str, where: Where, types: Counter[str]) -> Block:
    total = types.total()
    told = f"{plural('resource', total)} {where} {text}: {kinds(types)}."
    return Block(told, total * len(where))
