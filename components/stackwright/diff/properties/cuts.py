"""Values that are too long to be shown whole, cut so that what matters of them stays."""

from __future__ import annotations

import json
from collections.abc import Mapping

from stackwright.plan.graph import JsonValue

LONGEST = 2000
"""Characters of one value in a diff; two of them still fit a screen."""

_LEAST = 40
"""Characters that a text keeps, however little room is left."""

_AROUND = 200
"""Characters that are kept before the first difference of two long texts."""


def cut(value: JsonValue) -> JsonValue:
    """Return a value of at most about `LONGEST` characters, with a note of what is missing."""
    if isinstance(value, str):
        return _head(value, LONGEST)
    if not isinstance(value, Mapping | list) or len(_written(value)) <= LONGEST:
        return value
    return _Cutter().copy(value)


def cut_both(before: str, after: str) -> tuple[str, str]:
    """Return two texts cut to the same stretch, which begins shortly before they differ."""
    if max(len(before), len(after)) <= LONGEST:
        return before, after
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        same += 1
    start = max(0, before.rfind("\n", 0, max(0, same - _AROUND)) + 1)
    if same - start > 2 * _AROUND:
        start = same - _AROUND
    return _stretch(before, start), _stretch(after, start)


class _Cutter:
    """Copies a value until there is no more room, and says how much is left out."""

    def __init__(self) -> None:
        self._room = LONGEST

    def copy(self, value: JsonValue) -> JsonValue:
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list):
            return self._list(value)
        text = _head(value, max(_LEAST, self._room)) if isinstance(value, str) else value
        self._room -= len(_written(text))
        return text

    def _mapping(self, value: Mapping[str, JsonValue]) -> JsonValue:
        found: dict[str, JsonValue] = {}
        for index, (key, one) in enumerate(value.items()):
            if self._room <= 0:
                found["..."] = f"{len(value) - index} more of {len(value)} keys"
                break
            self._room -= len(key)
            found[key] = self.copy(one)
        return found

    def _list(self, value: list[JsonValue]) -> JsonValue:
        found: list[JsonValue] = []
        for index, one in enumerate(value):
            if self._room <= 0:
                found.append(f"... {len(value) - index} more of {len(value)} elements")
                break
            found.append(self.copy(one))
        return found


def _head(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters in all)"


def _stretch(text: str, start: int) -> str:
    end = start + LONGEST
    if start == 0 and end >= len(text):
        return text
    begin = "..." if start else ""
    rest = "..." if end < len(text) else ""
    return f"{begin}{text[start:end]}{rest} ({len(text)} characters in all)"


def _written(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
