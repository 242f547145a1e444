"""Wildcard patterns of IAM, and what one of them contains of another.

`*` stands for any text and `?` for one character. A symbol or a policy variable (`${...}`) is one
opaque name: only a wildcard for any text, or the same name, contains it.
"""

from __future__ import annotations

import re
from functools import lru_cache

ANYTHING = "*"

_TOKEN = re.compile(r"\$\{[^{}]*\}|.", re.DOTALL)

_OPAQUE = "${"

_ANY, _ONE = "*", "?"

_REMEMBERED = 65536
"""Comparisons that are kept; a policy compares the same few patterns again and again."""


@lru_cache(maxsize=_REMEMBERED)
def contains(outer: str, inner: str) -> bool:
    """Tell whether everything that `inner` matches is matched by `outer` too."""
    if outer in (ANYTHING, inner):
        return True
    texts = _tokens(inner)
    # reached[i]: the tokens of `outer` so far match the first i tokens of `inner`.
    reached = [True] + [False] * len(texts)
    for token in _tokens(outer):
        reached = _any(reached) if token == _ANY else _step(token, reached, texts)
    return reached[-1]


@lru_cache(maxsize=_REMEMBERED)
def intersects(left: str, right: str) -> bool:
    """Tell whether some text may be matched by both patterns; a symbol may stand for any text."""
    if _OPAQUE in left or _OPAQUE in right:
        return True
    first, second = _tokens(left), _tokens(right)
    row = [True, *(False for _ in second)]
    for column, token in enumerate(second):
        row[column + 1] = row[column] and token == _ANY
    for token in first:
        row = _meet(token, row, second)
    return row[-1]


def _any(reached: list[bool]) -> list[bool]:
    """Return what is reached after a wildcard for any text, which takes all that follows."""
    found, seen = [], False
    for here in reached:
        seen = seen or here
        found.append(seen)
    return found


def _step(token: str, reached: list[bool], texts: tuple[str, ...]) -> list[bool]:
    return [False] + [reached[index] and _takes(token, text) for index, text in enumerate(texts)]


def _takes(token: str, text: str) -> bool:
    """Tell whether one token of the outer pattern covers one of the inner; `*` never fits in."""
    return token == text or (token == _ONE and len(text) == 1 and text != _ANY)


def _meet(token: str, above: list[bool], second: tuple[str, ...]) -> list[bool]:
    row = [above[0] and token == _ANY]
    for column, other in enumerate(second):
        if _ANY in (token, other):
            row.append(above[column + 1] or row[column] or above[column])
        else:
            same = _takes(token, other) or _takes(other, token)
            row.append(above[column] and same)
    return row


@lru_cache(maxsize=_REMEMBERED)
def _tokens(pattern: str) -> tuple[str, ...]:
    """Return the pattern in tokens, with one wildcard where several stand in a row."""
    found: list[str] = []
    for token in _TOKEN.findall(pattern):
        if not (token == _ANY and found and found[-1] == _ANY):
            found.append(token)
    return tuple(found)


def is_wild(pattern: str) -> bool:
    """Tell whether the pattern matches more than one text."""
    return _ANY in _tokens(pattern) or _ONE in _tokens(pattern)
