"""Steps of a property path: `spec.containers[name=mlflow].image`, `tags["a.b"]`, `ports[0]`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

from stackwright.plan.graph import JsonValue

ELEMENT = "[]"
"""The step into any element of a list, whether it is named by its key or its position."""

_STEP = re.compile(r'\[("(?:[^"\\]|\\.)*")\]|(\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])|([^.\[\]]+)')
"""One step: a quoted key, an element of a list, or a plain key."""

Steps: TypeAlias = tuple[str, ...]


@cache
def steps(path: str) -> Steps:
    """Return the keys of a path in order; an element of a list is `ELEMENT`."""
    return tuple(
        ELEMENT if element else _unquoted(quoted) or plain
        for quoted, element, plain in _STEP.findall(path)
    )


def is_inside(path: Steps, outer: Steps) -> bool:
    """Tell whether a path is another one, or leads into it; a step `*` of the other fits any."""
    return len(path) >= len(outer) and all(
        wanted in (step, "*") for step, wanted in zip(path, outer, strict=False)
    )


def values_at(value: JsonValue, path: Steps) -> list[JsonValue]:
    """Return what lies at a path, in every element of the lists on the way; null is nothing."""
    if not path:
        return [] if value is None else [value]
    if path[0] == ELEMENT:
        items = value if isinstance(value, list | tuple) else ()
        return [found for item in items for found in values_at(item, path[1:])]
    if isinstance(value, Mapping) and path[0] in value:
        return values_at(value[path[0]], path[1:])
    return []


def _unquoted(text: str) -> str:
    """Return the key that a path quotes as JSON does; a broken one stays as it is."""
    try:
        return str(json.loads(text)) if text else ""
    except ValueError:
        return text
