"""A document is a YAML file read as a tree of nodes that know where they stand.

Nodes are made from the events of the YAML parser, so nothing in the file can name a Python type,
repeat a part of itself, or cost more than its size: every limit holds while the events arrive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from stackwright.errors import Problem

Location: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the root, as Pydantic gives them."""


class Mark(NamedTuple):
    """A position in the file."""

    line: int
    """From 1; 0 for a value that is not written in the file."""
    column: int
    """In characters, from 1."""


@dataclass(slots=True)
class Node:
    """One value of the file: a scalar, a list or a mapping, and where it stands."""

    mark: Mark
    value: str | int | float | bool | list[Node] | dict[str, Node] | None
    key: Mark | None = None
    """Position of the key that the value stands under; None for list items, the root, and what
    is not written."""
    source: str = ""
    """An unquoted scalar as it was typed; empty for all else."""
    ambiguous: str = ""
    """What another version of YAML takes the scalar for; empty when all versions agree."""

    def plain(self) -> Any:
        """Return the value as plain Python data."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def child(self, key: str | int) -> Node | None:
        """Return the node under a key or list position; None when there is none."""
        if isinstance(self.value, dict) and isinstance(key, str):
            return self.value.get(key)
        if isinstance(self.value, list) and isinstance(key, int) and key < len(self.value):
            return self.value[key]
        return None

    def find(self, location: Sequence[str | int]) -> Node | None:
        """Return the node at `location`; None when there is none."""
        node: Node | None = self
        for key in location:
            node = node.child(key) if node is not None else None
        return node

    def position(self, location: Sequence[str | int] = (), key: bool = False) -> Mark:
        """Return where the value at `location` starts, or its key with `key=True`.

        The nearest ancestor that is written stands in for what the file does not hold: the
        position of its key where it has one, else of its value.
        """
        written, node, depth = self, self, 0
        for steps, part in enumerate(location, 1):
            child = node.child(part)
            if child is None:
                break
            node = child
            if node.mark.line:
                written, depth = node, steps
        if written.key is not None and (key or depth < len(location)):
            return written.key
        return written.mark

    def walk(self, at: Location = ()) -> Iterator[tuple[Location, Node]]:
        """Yield this node and all below it with their locations, in order of the tree."""
        yield at, self
        if isinstance(self.value, dict):
            for key, node in self.value.items():
                yield from node.walk((*at, key))
        elif isinstance(self.value, list):
            for index, node in enumerate(self.value):
                yield from node.walk((*at, index))


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its name as the user gave it, and its root, which is always a mapping."""

    file: str
    root: Node
    problems: tuple[Problem, ...] = ()
    """What is wrong in the file as YAML and still leaves a tree: keys that stand twice, of which
    the tree has the first, keys that are not surely text, and numbers that are none."""

    def plain(self) -> dict[str, Any]:
        """Return the whole file as plain Python data."""
        data: dict[str, Any] = self.root.plain()
        return data

    def mark(self, location: Sequence[str | int], key: bool = False) -> Mark:
        """Return where the value (or key) at `location` stands; see `Node.position`."""
        return self.root.position(location, key)


def merge(base: Node, override: Node) -> Node:
    """Return `base` with `override` laid over it.

    Mappings merge key by key; lists and scalars replace; null in the override removes the key.
    A mapping whose `kind` differs replaces the base mapping, since its keys mean something else.
    Each node keeps its own position; a merged mapping keeps that of the base.
    """
    if not isinstance(override.value, dict):
        return override
    if not isinstance(base.value, dict) or _other_kind(base.value, override.value):
        return replace(override, value=_overlay({}, override.value))
    # A base that was not written, such as a profile's, has no position to keep.
    kept = base if base.mark.line else override
    return replace(kept, value=_overlay(base.value, override.value))


def _overlay(base: dict[str, Node], override: dict[str, Node]) -> dict[str, Node]:
    result = dict(base)
    for key, node in override.items():
        if node.value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key, _NOTHING), node)
    return result


def _other_kind(base: dict[str, Node], override: dict[str, Node]) -> bool:
    if "kind" not in override:
        return False
    return "kind" not in base or base["kind"].plain() != override["kind"].plain()


_NOTHING = Node(Mark(0, 0), None)
