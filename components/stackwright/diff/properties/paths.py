"""Writes property paths: `spec.containers[name=mlflow].image`, `tags["a.b"]`, `ports[0]`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_PLAIN_KEY = re.compile(r"[^.\[\]\"\s]+")
_PLAIN_VALUE = re.compile(r"[^,\[\]\"=\s]+")


def member(path: str, key: str) -> str:
    """Return the path of a key in the mapping at `path`; empty is the whole."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key


def element(path: str, named: Mapping[str, str]) -> str:
    """Return the path of an element of the list at `path`, by the keys that name it."""
    words = (f"{key}={_value(value)}" for key, value in named.items())
    return f"{path}[{','.join(words)}]"


def item(path: str, index: int) -> str:
    """Return the path of an element of the list at `path`, by its position."""
    return f"{path}[{index}]"


def _value(text: str) -> str:
    return text if _PLAIN_VALUE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
