"""Property paths, as the engine writes them: `spec.replicas`, `tags["a.b"]`, `ports[0].name`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from stackwright.engine.redaction import HIDDEN

MISSING = object()
"""Stands where a path leads nowhere."""

_STEP = re.compile(r'\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.\[\]]+)')
"""One step: an index, a quoted key, or a plain key."""


def steps_of(path: str) -> list[str]:
    """Return the keys and indices of a path, in order."""
    return [index or quoted or plain for index, quoted, plain in _STEP.findall(path)]


def overlap(one: str, other: str) -> bool:
    """Tell whether two paths name the same, or one names something inside the other."""
    return all(left == right for left, right in zip(steps_of(one), steps_of(other), strict=False))


def value_at(path: str, value: Any) -> Any:
    """Return what a path leads to; `[secret]` inside a secret, and MISSING where nothing is."""
    for step in steps_of(path):
        if value == HIDDEN:
            return HIDDEN
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value
