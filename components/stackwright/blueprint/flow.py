"""Flow style: a value as YAML on one line, as it would stand in a blueprint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackwright.blueprint.shown import example


def flow(value: Any) -> str:
    """Return plain data on one line; text is quoted only where YAML needs it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{example(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return example(value)
