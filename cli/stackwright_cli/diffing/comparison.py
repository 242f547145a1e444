"""The comparison itself: two sides are found, planned and compared, environment by environment."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stackwright import __version__
from stackwright.blueprint.shown import listed, nearest, shown
from stackwright.errors import InputError, Problem, UnknownName
from stackwright_cli import console
from stackwright_cli.diffing.loading import BASE, HEAD, LoadedSide, load, named
from stackwright_cli.diffing.notes import notes
from stackwright_cli.diffing.places import base_place, head_place
from stackwright_cli.diffing.recording import plans
from stackwright_cli.diffing.reuse import known_plans

if TYPE_CHECKING:
    from stackwright.diff.findings import Allowance, BrokenProject
    from stackwright.diff.model import BlueprintChange, Diff, EnvironmentDiff, Side
    from stackwright.diff.projects import Registration
    from stackwright.environment import Environment
    from stackwright.plan.graph import Plan


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user asked to compare."""

    base: str | None
    """Revision, folder or stored plans; None for the merge base with the default branch."""
    head: str | None
    """The same; None for the files as they are."""
    file: Path
    """The blueprint."""
    environments: tuple[str, ...] = ()
    """Those to compare; all when empty."""
    layer: str | None = None
    """The layer to compare; both when None."""


def compared(choice: Choice) -> Diff:
    """Return what changes between two sides.

    Raises:
        InputError: A side is wrong or cannot be found; the side is named.
        MissingExtra: A package that a target needs is not installed.
        PlanError: A program failed.
        StackwrightError: Git is needed and missing, or fails.
    """
    from stackwright.plan.collector import collector_off

    with ExitStack() as open_, collector_off():
        step = open_.enter_context(console.progress("Comparing"))
        base = load(BASE, base_place(choice.base, choice.file, open_, choice.head))
        head = load(HEAD, head_place(choice.head, choice.file, open_))
        _require_a_side(base, head)
        wanted = _wanted(base, head, choice.environments)
        with redirect_stdout(sys.stderr):
            # What a program prints is no part of the answer.
            before = plans(base, wanted, step)
            after = plans(head, wanted, step, known_plans(base, head, before))
        return _diff(base, head, wanted, (before, after), choice.layer)


def _diff(
    base: LoadedSide,
    head: LoadedSide,
    wanted: Sequence[str],
    planned: tuple[Mapping[str, Plan], Mapping[str, Plan]],
    layer: str | None,
) -> Diff:
    from stackwright.diff.causes import causes
    from stackwright.diff.compare import assemble
    from stackwright.diff.matrix import matrix

    before, after = planned
    changed = causes(base.document, head.document) if _both_written(base, head) else ()
    rows = matrix(_chosen(base, wanted), _chosen(head, wanted)) if head.environments else ()
    broken, told = _projects(base, head, before, after)
    names = [plan.name for plan in (*after.values(), *before.values())]
    sides = _side(base, before), _side(head, after)
    return assemble(
        names[0],
        *sides,
        tuple(_environments(base, head, wanted, planned, layer)),
        _reaching(changed, wanted),
        rows,
        broken,
        [*notes(base, head, sides, planned), *told],
    )


def _reaching(
    changed: Sequence[BlueprintChange], wanted: Sequence[str]
) -> Iterator[BlueprintChange]:
    """Yield the causes that reach a wanted environment, or none at all."""
    for one in changed:
        reached = tuple(name for name in one.environments if name in wanted)
        if reached or not one.environments:
            yield replace(one, environments=reached)


def _environments(
    base: LoadedSide,
    head: LoadedSide,
    wanted: Sequence[str],
    planned: tuple[Mapping[str, Plan], Mapping[str, Plan]],
    layer: str | None,
) -> Iterator[EnvironmentDiff]:
    from stackwright.diff.compare import compare

    _require_layer(layer, [plan for side in planned for plan in side.values()])
    for name in wanted:
        before, after = (_only(side.get(name), layer) for side in planned)
        yield compare(before, after, _allowed(base, head, name))


def _allowed(base: LoadedSide, head: LoadedSide, name: str) -> Mapping[str, Allowance]:
    """Return what may be lost: what the later blueprint says, or the last one with the place."""
    from stackwright.allowances import allowances, today

    environment = head.environments.get(name) or base.environments.get(name)
    return allowances(environment.blueprint, today()) if environment is not None else {}


def _only(plan: Plan | None, layer: str | None) -> Plan | None:
    if plan is None or layer is None:
        return plan
    return replace(plan, layers=tuple(one for one in plan.layers if one.name == layer))


def _require_layer(layer: str | None, made: Sequence[Plan]) -> None:
    known = dict.fromkeys(one.name for plan in made for one in plan.layers)
    if layer is not None and layer not in known:
        message = f"no environment has a layer {layer}; there are: {', '.join(known)}."
        raise UnknownName([Problem(message)])


def _require_a_side(base: LoadedSide, head: LoadedSide) -> None:
    if not base.names and not head.names:
        message = "there is no such file on either side."
        hint = "Name the blueprint with -f."
        raise InputError([Problem(message, file=head.place.shown or base.place.shown, hint=hint)])


def _wanted(base: LoadedSide, head: LoadedSide, chosen: Sequence[str]) -> tuple[str, ...]:
    known = tuple(dict.fromkeys((*head.names, *base.names)))
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise UnknownName(
            [
                Problem(
                    f"no environment is called {shown(name)}; there are: {listed(known, 'and')}.",
                    hint=nearest(name, known),
                )
                for name in unknown
            ]
        )
    return tuple(name for name in known if not chosen or name in chosen)


def _both_written(base: LoadedSide, head: LoadedSide) -> bool:
    """Tell whether both sides are blueprints; one that is not there is an empty one."""
    return not base.stored and not head.stored


def _chosen(side: LoadedSide, wanted: Sequence[str]) -> Mapping[str, Environment]:
    return {name: side.environments[name] for name in wanted if name in side.environments}


def _projects(
    base: LoadedSide, head: LoadedSide, before: Mapping[str, Plan], after: Mapping[str, Plan]
) -> tuple[tuple[BrokenProject, ...], tuple[str, ...]]:
    from stackwright.diff.projects import broken_projects, unregistered

    files = _registrations(head)
    broken, missing = broken_projects(files, before, after)
    with suppress(InputError):
        # What is wrong in the earlier files is no fault of this change.
        return broken, (*missing, *unregistered(_registrations(base), files))
    return broken, missing


def _registrations(side: LoadedSide) -> tuple[Registration, ...]:
    from stackwright.diff.projects import registered

    pattern = side.document.root.child("projects") if side.document is not None else None
    if side.folder is None or pattern is None or not pattern.value:
        return ()
    with named(side.role, side.place):
        return registered(side.folder, str(pattern.value), side.place.root)


def _side(side: LoadedSide, made: Mapping[str, Plan]) -> Side:
    from stackwright.diff.model import Side

    versions = dict.fromkeys(plan.stackwright for plan in made.values())
    return Side(
        label=side.place.label,
        commit=side.place.commit,
        dirty=side.place.dirty,
        stackwright=", ".join(versions) or __version__,
        pinned=side.pinned,
    )
