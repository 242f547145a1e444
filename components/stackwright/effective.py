"""The effective environment: every value that holds in it, and where the value came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stackwright.blueprint.document import Location, Node
from stackwright.blueprint.flow import flow
from stackwright.blueprint.load import NOT_WRITTEN, SHARED_KEYS
from stackwright.blueprint.shown import dotted, looks_secret
from stackwright.environment import Environment

SCHEMA = "stackwright.effective/v1"


@dataclass(frozen=True, slots=True)
class Value:
    """One value that holds in an environment."""

    path: Location
    value: Any
    source: str
    """`written`, `profile`, `default`, `derived` or `example`."""
    file: str = ""
    line: int = 0
    """Line in the blueprint; 0 when the value is not written there."""

    @property
    def origin(self) -> str:
        """Where the value came from, in words."""
        place = f"{self.file}:{self.line}" if self.line else ""
        return ", ".join(part for part in (place, _ORIGINS[self.source]) if part)


_ORIGINS = {
    "written": "",
    "profile": "profile",
    "default": "default",
    "derived": "derived",
    "example": "example, to be replaced",
}


def values(environment: Environment, file: str) -> tuple[Value, ...]:
    """Return every value of an environment, in the order of the file, then by key.

    Args:
        environment: The resolved environment.
        file: Name of its blueprint, for the places.
    """
    written = {value.path: value for value in _written(environment.document.root, (), file)}
    examples = {tuple(item.path.split(".")) for item in environment.examples()}
    found = [
        Value(path, value.value, "example", file, value.line) if _texts(path) in examples else value
        for path, value in written.items()
    ]
    assumed = [item for item in environment.assumptions if item.source in ("default", "derived")]
    found += [
        Value(tuple(item.path.split(".")), item.value, item.source)
        for item in sorted(assumed, key=lambda item: item.path)
    ]
    return tuple(found)


def text(environment: Environment, file: str) -> str:
    """Return the environment as YAML, each line with where its value came from."""
    tree = _Branch()
    for value in values(environment, file):
        tree.add(value.path, value)
    lines = list(tree.lines(0))
    width = min(max((len(line) for line, _ in lines), default=0), _WIDEST)
    return "\n".join(f"{line:<{width}}  # {origin}" if origin else line for line, origin in lines)


def data(environment: Environment, file: str) -> dict[str, Any]:
    """Return the environment as plain data of the schema `stackwright.effective/v1`."""
    return {
        "schema": SCHEMA,
        "environment": environment.scope["environment"],
        "values": [
            {
                "path": dotted(value.path),
                "value": value.value,
                "source": value.source,
                "file": value.file if value.line else "",
                "line": value.line,
            }
            for value in values(environment, file)
        ],
    }


_WIDEST = 60
"""Columns after which a comment is no longer aligned with the others."""


@dataclass(slots=True)
class _Branch:
    """One mapping of the tree that is shown: values and further mappings by key."""

    entries: dict[str, Any] = field(default_factory=dict)

    def add(self, path: Location, value: Value) -> None:
        first = str(path[0])
        if len(path) == 1:
            self.entries.setdefault(first, value)
            return
        branch = self.entries.setdefault(first, _Branch())
        if isinstance(branch, _Branch):
            branch.add(path[1:], value)

    def lines(self, depth: int) -> Iterator[tuple[str, str]]:
        for key, entry in self.entries.items():
            if isinstance(entry, _Branch):
                yield f"{'  ' * depth}{key}:", ""
                yield from entry.lines(depth + 1)
            else:
                yield f"{'  ' * depth}{key}: {flow(entry.value)}", entry.origin


def _written(node: Node, at: Location, file: str) -> Iterator[Value]:
    if isinstance(node.value, Mapping) and node.value:
        for key, child in node.value.items():
            if at or key not in _LEFT_OUT:
                yield from _written(child, (*at, key), file)
        return
    source = "profile" if node.mark == NOT_WRITTEN else "written"
    value = node.plain()
    yield Value(at, "[redacted]" if looks_secret(value) else value, source, file, node.mark.line)


_LEFT_OUT = frozenset(SHARED_KEYS) - {"name"}


def _texts(path: Location) -> tuple[str, ...]:
    return tuple(str(step) for step in path)
