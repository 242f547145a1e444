"""What a reader should know of a comparison itself: its sides, its versions, what is in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from stackwright import __version__
from stackwright.blueprint.shown import listed, nearest, shown_source
from stackwright.report.words import clean
from stackwright_cli.diffing.loading import LoadedSide

if TYPE_CHECKING:
    from stackwright.diff.model import Side
    from stackwright.plan.graph import Plan


def notes(
    base: LoadedSide,
    head: LoadedSide,
    sides: tuple[Side, Side],
    planned: tuple[Mapping[str, Plan], Mapping[str, Plan]],
) -> Iterator[str]:
    """Yield a sentence on everything that the comparison cannot show as a change.

    Args:
        base: The earlier side.
        head: The later one.
        sides: Both, as the diff names them.
        planned: The plans of both, by environment.
    """
    yield from (*base.place.notes, *head.place.notes)
    for side in (base, head):
        if not side.names:
            where = f"{side.place.shown} is not there on the {side.role} side"
            yield f"{where}: everything counts as {'new' if side is base else 'deleted'}."
    yield from _left_behind(planned)
    if base.stored or head.stored:
        yield (
            "A stored plan holds no blueprint: which keys changed is not told, and"
            " allow_replacement is not known where the head is stored."
        )
    versions = sides[0].stackwright, sides[1].stackwright
    if all(planned) and versions[0] != versions[1]:
        yield (
            f"Stackwright {versions[0]} planned the base and {versions[1]} the head: some of this"
            " may come from the update and not from the blueprint."
        )
    if base.pinned != head.pinned and base.document is not None and head.document is not None:
        yield _pins(base.pinned, head.pinned)
    yield from _allowed_in_vain(head, planned)


def _left_behind(planned: tuple[Mapping[str, Plan], Mapping[str, Plan]]) -> Iterator[str]:
    """Yield which stacks the later side does not know any more: `up` never touches them."""
    before, after = planned
    for name, plan in before.items():
        environment = clean(name)
        if name not in after:
            what = f"Environment {environment} leaves the blueprint"
        elif after[name].name != plan.name:
            names = f"{clean(plan.name)} to {clean(after[name].name)}"
            what = f"The platform is renamed from {names}, with other stacks for {environment}"
        else:
            continue
        yield (
            f"{what}: nothing deletes what it deployed; `stackwright destroy -e {environment}`"
            " from the base does."
        )


def _pins(before: str, after: str) -> str:
    return (
        f"`requires` changes from {before or 'nothing'} to {after or 'nothing'}, and both sides"
        f" were planned by Stackwright {__version__}: what the update changes is not in this."
        " To see it, compare plans stored with each version."
    )


def _allowed_in_vain(
    head: LoadedSide, planned: tuple[Mapping[str, Plan], Mapping[str, Plan]]
) -> Iterator[str]:
    """Yield what `allow_replacement` names and neither side has: misspelt, or done long ago."""
    from stackwright.allowances import KEY

    missing: dict[str, list[str]] = {}
    known: dict[str, None] = {}
    for name, environment in head.environments.items():
        plans = [side[name] for side in planned if name in side]
        there = {f"{one.type}::{one.name}": None for plan in plans for _, one in plan.resources()}
        known |= there
        for allowed in environment.blueprint.allow_replacement if plans else ():
            if allowed.resource not in there:
                missing.setdefault(allowed.resource, []).append(name)
    for resource, names in missing.items():
        near = nearest(resource, known)
        yield (
            f"{KEY} names {shown_source(resource)}, which neither side has in"
            f" {listed(names, 'and')}: correct it, or take it out.{f' {near}' if near else ''}"
        )
