"""Causes are the keys of the blueprint that differ: what a reviewer is shown first.

The order of keys, comments and layout are no cause. A list is one value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from stackwright import catalog
from stackwright.blueprint.document import Document, Location, Mark, Node, merge
from stackwright.blueprint.load import SHARED_KEYS, environment_names
from stackwright.blueprint.shown import REDACTED, dotted, looks_secret
from stackwright.diff.model import BlueprintChange
from stackwright.diff.properties.concealed import conceal, shown

ENVIRONMENTS = "environments"

_EVERYWHERE = "name"
"""The one key that holds for the whole file and is in what every environment makes."""


def causes(base: Document | None, head: Document | None) -> tuple[BlueprintChange, ...]:
    """Return every key that differs between two blueprints, in order of the later file.

    A tool that is new, gone or of another kind is one change at its key. What is gone comes last.

    Args:
        base: The earlier blueprint; None for none.
        head: The later one; None for none.
    """
    sides = _Side(base), _Side(head)
    found = [_change(sides, *each) for each in _differing(sides[0].root, sides[1].root, ())]
    return tuple(sorted(found, key=lambda change: (change.removed, change.line)))


@dataclass(frozen=True)
class _Side:
    """One of the two blueprints."""

    document: Document | None

    @property
    def root(self) -> Node:
        return self.document.root if self.document is not None else _EMPTY

    @cached_property
    def environments(self) -> dict[str, Node]:
        """What holds in each environment, without what a profile or a default gives."""
        if self.document is None:
            return {}
        names = environment_names(self.document)
        return {name: self._merged(name) for name in names}

    def _merged(self, name: str) -> Node:
        override = self.root.find((ENVIRONMENTS, name))
        return merge(self.root, override) if override is not None else self.root


_EMPTY = Node(Mark(0, 0), {})

_Sides = tuple[_Side, _Side]


def _differing(
    before: Node | None, after: Node | None, at: Location
) -> Iterator[tuple[Location, Node | None, Node | None]]:
    """Yield location and both nodes wherever two trees differ."""
    if _same(before, after):
        return
    if before is not None and after is not None and _comparable(before, after):
        for key in dict.fromkeys((*_entries(after), *_entries(before))):
            yield from _differing(before.child(key), after.child(key), (*at, key))
    elif _is_map_of_parts(before, after, at):
        for key in dict.fromkeys((*_entries(after), *_entries(before))):
            yield from _differing(_child(before, key), _child(after, key), (*at, key))
    else:
        yield at, before, after


def _comparable(before: Node, after: Node) -> bool:
    """Tell whether two nodes are mappings whose keys mean the same."""
    if not isinstance(before.value, dict) or not isinstance(after.value, dict):
        return False
    kinds = [node.child("kind") for node in (before, after)]
    return _same(*kinds) if any(kinds) else True


def _is_map_of_parts(before: Node | None, after: Node | None, at: Location) -> bool:
    """Tell whether what is new or gone is no whole: its own keys are what a reader looks for.

    That is the mapping of environments, one of several tools, and what an environment overrides
    of a tool.
    """
    node = after or before
    if node is None or (before is not None and after is not None):
        return False
    if at == (ENVIRONMENTS,):
        return isinstance(node.value, dict)
    if at[:1] == (ENVIRONMENTS,):
        return len(at) > 2 and bool(_entries(node)) and node.child("kind") is None
    return len(at) == 1 and at[0] in catalog.capabilities() and _holds_tools(node)


def _holds_tools(node: Node) -> bool:
    entries = _entries(node)
    return "kind" not in entries and any(isinstance(item.value, dict) for item in entries.values())


def _change(
    sides: _Sides, at: Location, before: Node | None, after: Node | None
) -> BlueprintChange:
    removed = after is None
    side = sides[0] if removed else sides[1]
    return BlueprintChange(
        path=dotted(at),
        before=_plain(before),
        after=_plain(after),
        file=side.document.file if side.document is not None else "",
        line=_line(before, after),
        removed=removed,
        tool=_tool(sides, at),
        environments=tuple(_reached(sides, at, removed)),
    )


def _line(before: Node | None, after: Node | None) -> int:
    """Return the line of a key; of the first item that differs in a list of several lines."""
    node = after or before
    if node is None:
        return 0
    if before is not None and after is not None and isinstance(after.value, list):
        others = before.value if isinstance(before.value, list) else []
        for index, item in enumerate(after.value):
            if index >= len(others) or not _same(others[index], item):
                return item.mark.line
    return (node.key or node.mark).line


def _tool(sides: _Sides, at: Location) -> str:
    """Return the instance that a key configures; empty for what all share."""
    path = _without_environment(at)
    if not path or path[0] not in catalog.capabilities():
        return ""
    places = [(side.root, path[:1]) for side in reversed(sides)]
    if len(path) != len(at):
        places += [(side.root, at[:3]) for side in reversed(sides)]
    nodes = [root.find(place) for root, place in places]
    # An override need not repeat the kind, which the shared part of the file has.
    if any(node is not None and node.child("kind") is not None for node in nodes):
        return str(path[0])
    return str(path[1]) if len(path) > 1 else ""


def _reached(sides: _Sides, at: Location, removed: bool) -> Iterator[str]:
    """Yield the environments in which a key makes a difference."""
    if at[0] == ENVIRONMENTS:
        yield from (str(name) for name in at[1:2])
        return
    if at[0] in SHARED_KEYS and at[0] != _EVERYWHERE:
        return
    base, head = sides
    side = base if removed else head
    own = side.root.find(at)
    for name, tree in side.environments.items():
        there = tree.find(at)
        if there is None or own is None or there.mark != own.mark:
            continue
        other = (head if removed else base).environments.get(name)
        if other is None or not _same(there, other.find(at)):
            yield name


def _without_environment(at: Location) -> Location:
    return at[2:] if at[:1] == (ENVIRONMENTS,) else at


def _entries(node: Node | None) -> dict[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _child(node: Node | None, key: str) -> Node | None:
    return node.child(key) if node is not None else None


def _same(before: Node | None, after: Node | None) -> bool:
    """Tell whether two nodes hold the same; true and 1 are not."""
    if before is None or after is None:
        return before is after
    one, other = before.value, after.value
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other


def _plain(node: Node | None) -> Any:
    return without_secrets(node.plain()) if node is not None else None


def without_secrets(value: Any) -> Any:
    """Return a value with what stands for each secret in its texts, wrong as they are there.

    What a key is called tells nothing: where a blueprint names a secret, it says where it is kept.
    """
    if isinstance(value, dict):
        return {key: without_secrets(item) for key, item in value.items()}
    return REDACTED if looks_secret(value) else shown(conceal("", {"": value}))[""]
