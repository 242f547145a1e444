"""Reads values out of the JSON of a forge, of which nothing is taken for granted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def text(item: Any, *keys: str) -> str:
    """Return the text at a path of keys; empty when there is none."""
    found = value(item, *keys)
    return found if isinstance(found, str) else ""


def number(item: Any, *keys: str) -> int:
    """Return the whole number at a path of keys; 0 when there is none."""
    found = value(item, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def texts(item: Any) -> list[str]:
    """Return the texts of a list; whatever else is in it is left out."""
    return [found for found in item if isinstance(found, str)] if isinstance(item, list) else []


def value(item: Any, *keys: str) -> Any:
    """Return what is at a path of keys; None when there is nothing."""
    for key in keys:
        if not isinstance(item, Mapping):
            return None
        item = item.get(key)
    return item


def is_commit(text: str) -> bool:
    """Tell whether a text is a full commit, of SHA-1 or SHA-256."""
    return _COMMIT.fullmatch(text) is not None
