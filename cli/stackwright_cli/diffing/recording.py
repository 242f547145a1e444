"""The plans of a side: every environment of it, recorded one after another in this process."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import chdir, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stackwright_cli import planning
from stackwright_cli.diffing.loading import LoadedSide, named

if TYPE_CHECKING:
    from stackwright.plan.graph import Plan


def plans(
    side: LoadedSide, wanted: Collection[str], tell: Callable[[str], None]
) -> dict[str, Plan]:
    """Return the plan of each wanted environment that the side has.

    What its programs import and read is its own: each runs in its own folder, and the next side
    imports its files anew. Paths of its files in values are told from its own folder, so that the
    place of a side is no difference.

    Args:
        side: The side.
        wanted: Environments to plan.
        tell: Called with the side, the environment and the layer before each is recorded.

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
            told = partial(_begin, folder, tell, f"{side.role}: {name}")
            with _as_before(), own_modules(root) if root is not None else nullcontext():
                found[name] = _without_places(make_plan(environment, folder, told), folder, root)
    return found


@contextmanager
def _as_before() -> Iterator[None]:
    """Take back what a program does to the process: its folder and its variables."""
    variables = dict(os.environ)
    with chdir(Path.cwd()):
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(variables)


def _begin(folder: Path, tell: Callable[[str], None], where: str, layer: str) -> None:
    """Enter the folder of a layer's program, where the engine runs it, too."""
    own = folder / "stacks" / layer
    os.chdir(own if own.is_dir() else folder)
    tell(f"{where} {layer}")


def _without_places(plan: Plan, folder: Path, root: Path | None) -> Plan:
    """Return a plan whose values name files from the folder of the blueprint or the repository."""
    if not (folder / "stacks").is_dir():
        return plan
    from stackwright.plan.graph import Plan

    text = plan.to_json()
    shorter = text
    for place in filter(None, (folder, root)):
        for path in {str(place.absolute()), str(place.resolve())}:
            inside = re.escape(json.dumps(path)[1:-1])
            # Not where it is a part of another path or address.
            shorter = re.sub(rf'(?<![\w.:/-]){inside}(/|(?="))', "", shorter)
    return plan if shorter == text else Plan.from_json(shorter)
