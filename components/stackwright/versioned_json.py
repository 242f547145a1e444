"""Frozen results as JSON that says its version."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any


def versioned_json(schema: str, item: Any) -> str:
    """Return a dataclass as JSON; byte-identical for equal ones."""
    document = {"schema": schema, **field_values(item)}
    return json.dumps(document, default=field_values, sort_keys=True, indent=1) + "\n"


def field_values(item: Any) -> dict[str, Any]:
    """Return the fields of a dataclass; unlike `asdict`, nothing in them is copied.

    Raises:
        TypeError: It is none.
    """
    return {one.name: getattr(item, one.name) for one in fields(item)}
