"""What is alike in several environments, said once with all their names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from stackwright.diff.model import Diff, EnvironmentDiff

_STACK = re.compile(r"urn:pulumi:[^:]*::")

T = TypeVar("T")


def portable(urn: str) -> str:
    """Return a URN without its stack, which is the environment's name."""
    return urn.partition("::")[2] if _STACK.match(urn) else urn


def fingerprint(item: Any) -> str:
    """Return a text that is equal for what is equal but for the stacks in its URNs."""
    return _STACK.sub("urn:pulumi:::", json.dumps(item, default=_values, sort_keys=True))


def merged(
    diff: Diff, of: Callable[[EnvironmentDiff], Iterable[T]]
) -> list[tuple[T, tuple[int, ...]]]:
    """Return what `of` finds, each once with the places of the environments that have it.

    Order is that of the first environment in which something is found.
    """
    found: dict[str, tuple[T, list[int]]] = {}
    for place, environment in enumerate(diff.environments):
        for item in of(environment):
            found.setdefault(fingerprint(item), (item, []))[1].append(place)
    return [(item, tuple(dict.fromkeys(places))) for item, places in found.values()]


def _values(item: Any) -> Mapping[str, Any]:
    if not is_dataclass(item):
        raise TypeError(f"no JSON for {type(item).__name__}")
    return {one.name: getattr(item, one.name) for one in fields(item)}
