"""The plans of a side: every environment of it, recorded one after another in this process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stackwright_cli import planning
from stackwright_cli.diffing.loading import LoadedSide, named

if TYPE_CHECKING:
    from stackwright.plan.graph import Plan


_NOTHING: Mapping[str, Plan] = {}


def plans(
    side: LoadedSide,
    wanted: Collection[str],
    tell: Callable[[str], None],
    known: Mapping[str, Plan] = _NOTHING,
) -> dict[str, Plan]:
    """Return the plan of each wanted environment that the side has.

    What its programs import and read is its own: each runs in its own folder, and the next side
    imports its files anew. Paths of its files in values are told from its own folder, so that the
    place of a side is no difference.

    Args:
        side: The side.
        wanted: Environments to plan.
        tell: Called with the side, the environment and the layer before each is recorded.
        known: Plans of it that need not be made.

    Raises:
        MissingExtra: A package that the target needs is not installed.
        PlanError: A program failed; the side is named.
    """
    if side.folder is None:
        return {name: plan for name, plan in side.stored.items() if name in wanted}
    chosen = {name: one for name, one in side.environments.items() if name in wanted}
    for environment in chosen.values():
        planning.require_packages(environment.target)
    from stackwright.plan.make import make_plan
    from stackwright.plan.own_modules import own_modules

    folder, root = side.folder.absolute(), side.place.root
    found: dict[str, Plan] = {}
    with named(side.role, side.place):
        for name, environment in chosen.items():
            if name in known:
                found[name] = known[name]
                continue
            told = partial(_told, tell, f"{side.role}: {name}")
            with own_modules(root) if root is not None else nullcontext():
                found[name] = _without_root(make_plan(environment, folder, told), folder, root)
    return found


def _told(tell: Callable[[str], None], where: str, layer: str) -> None:
    tell(f"{where} {layer}")


def _without_root(plan: Plan, folder: Path, root: Path | None) -> Plan:
    """Return a plan whose values name further files of the repository from its root."""
    from stackwright.plan.program_paths import without_places

    return without_places(plan, [root]) if root and (folder / "stacks").is_dir() else plan
