"""Which environments both sides say alike, so that one plan serves both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from stackwright_cli.diffing.loading import LoadedSide

if TYPE_CHECKING:
    from stackwright.blueprint.document import Location
    from stackwright.environment import Environment
    from stackwright.plan.graph import Plan

_Said: TypeAlias = tuple["Location", type, object, str, bool]


def known_plans(base: LoadedSide, head: LoadedSide, made: Mapping[str, Plan]) -> Mapping[str, Plan]:
    """Return the plans of the base that are those of the head, too.

    A plan follows from what the blueprint says of an environment. Where a side has programs of its
    own nothing is reused: they may read any file.

    Args:
        base: The earlier side.
        head: The later one.
        made: The plans of the base, by environment.
    """
    if any(side.folder is None or (side.folder / "stacks").exists() for side in (base, head)):
        return {}
    return {name: plan for name, plan in made.items() if _said_alike(base, head, name)}


def _said_alike(base: LoadedSide, head: LoadedSide, name: str) -> bool:
    before, after = base.environments.get(name), head.environments.get(name)
    return before is not None and after is not None and list(_said(before)) == list(_said(after))


def _said(environment: Environment) -> Iterator[_Said]:
    """Yield every value of an environment in order: where, what, and whether somebody wrote it.

    What the file says of other environments is left out.
    """
    from stackwright.blueprint.load import NOT_WRITTEN

    for place, node in environment.document.root.walk():
        if place[:1] != ("environments",):
            value = None if isinstance(node.value, dict | list) else node.value
            yield place, type(node.value), value, node.source, node.mark == NOT_WRITTEN
