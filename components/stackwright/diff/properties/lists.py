"""Which element of a list is which of another: by key, as sets, or in order."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from typing import TypeAlias

from stackwright.diff.properties import paths
from stackwright.diff.properties.concealed import Concealed
from stackwright.diff.properties.list_keys import Keys, identity, is_unordered, keys_of, label
from stackwright.plan.graph import JsonValue

_Pair: TypeAlias = tuple[int, int]
"""Positions in the earlier and in the later list."""

_MOST_ALIGNED = 400
"""Elements of a list that are aligned by likeness; longer stretches are compared in order."""


@dataclass(frozen=True, slots=True)
class Match:
    """One element of either list, or of both."""

    label: str
    """What the path of the list goes on with."""
    before: int | None
    after: int | None


def matches(
    name: str, before: Sequence[JsonValue], after: Sequence[JsonValue], *, policy: bool = False
) -> Iterator[Match]:
    """Yield which element is which: those of the later list in order, then what is gone.

    A position in a label is that in the later list, and of what is gone that in the earlier one.

    Args:
        name: Key that holds the lists.
        before: The earlier list.
        after: The later list.
        policy: Whether they are part of an IAM policy, where no order has a meaning.
    """
    keys = keys_of(name, before, after)
    if keys:
        yield from _by_key(keys, before, after)
        return
    earlier, later = ([_canonical(one, policy) for one in side] for side in (before, after))
    plain = not any(isinstance(one, Mapping | list) for one in (*before, *after))
    if not policy and not is_unordered(name, plain=plain):
        pairs = _in_order(before, after, earlier, later)
    else:
        pairs = list(_equal(earlier, later))
        pairs += [] if plain else _closest(before, after, pairs)
    yield from _labelled(pairs, len(before), len(after))


def _by_key(keys: Keys, before: Sequence[JsonValue], after: Sequence[JsonValue]) -> Iterator[Match]:
    earlier = {identity(one, keys): index for index, one in enumerate(before)}
    later = {identity(one, keys): index for index, one in enumerate(after)}
    for key, index in later.items():
        yield Match(label(after[index], keys), earlier.get(key), index)
    for key, index in earlier.items():
        if key not in later:
            yield Match(label(before[index], keys), index, None)


def _in_order(
    before: Sequence[JsonValue],
    after: Sequence[JsonValue],
    earlier: Sequence[str],
    later: Sequence[str],
) -> list[_Pair]:
    """Return the positions that belong together, where the order has a meaning."""
    found: list[_Pair] = []
    for tag, start, end, later_start, later_end in _blocks(earlier, later):
        rows, columns = range(start, end), range(later_start, later_end)
        if tag == "equal":
            found += zip(rows, columns, strict=True)
        elif tag == "replace":
            found += _alike(before, after, rows, columns)
    return found


def _equal(earlier: Sequence[str], later: Sequence[str]) -> Iterator[_Pair]:
    """Yield positions of equal elements, whatever their order; of repeated ones each once."""
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for index, one in enumerate(earlier):
        waiting[one].append(index)
    for index, one in enumerate(later):
        if waiting[one]:
            yield waiting[one].popleft(), index


def _blocks(earlier: Sequence[str], later: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    start = 0
    while start < min(len(earlier), len(later)) and earlier[start] == later[start]:
        start += 1
    end = 0
    shorter = min(len(earlier), len(later)) - start
    while end < shorter and earlier[-1 - end] == later[-1 - end]:
        end += 1
    middle = earlier[start : len(earlier) - end], later[start : len(later) - end]
    found = [("equal", 0, start, 0, start)]
    if max(map(len, middle)) > _MOST_ALIGNED:
        found.append(("replace", start, len(earlier) - end, start, len(later) - end))
    else:
        matcher = SequenceMatcher(None, *middle, autojunk=False)
        for tag, *positions in matcher.get_opcodes():
            first, last, later_first, later_last = (start + one for one in positions)
            found.append((tag, first, last, later_first, later_last))
    found.append(("equal", len(earlier) - end, len(earlier), len(later) - end, len(later)))
    return found


def _closest(
    before: Sequence[JsonValue], after: Sequence[JsonValue], taken: Sequence[_Pair]
) -> list[_Pair]:
    """Return the positions that are left and most alike, whatever their order."""
    rows = sorted(set(range(len(before))) - {earlier for earlier, _ in taken})
    columns = sorted(set(range(len(after))) - {later for _, later in taken})
    if len(rows) * len(columns) > _MOST_ALIGNED:
        return list(zip(rows, columns, strict=False))
    ranked = sorted(product(rows, columns), key=lambda pair: _distance(before, after, pair))
    found: dict[int, int] = {}
    for row, column in ranked:
        if row not in found and column not in found.values():
            found[row] = column
    return list(found.items())


def _distance(
    before: Sequence[JsonValue], after: Sequence[JsonValue], pair: _Pair
) -> tuple[int, int]:
    row, column = pair
    return -_likeness(before[row], after[column]), abs(row - column)


def _alike(
    before: Sequence[JsonValue],
    after: Sequence[JsonValue],
    rows: Sequence[int],
    columns: Sequence[int],
) -> list[_Pair]:
    """Return the positions to compare with each other, in order, so that most stays equal."""
    if len(rows) == len(columns) or len(rows) * len(columns) > _MOST_ALIGNED:
        return list(zip(rows, columns, strict=False))
    best: dict[_Pair, tuple[int, tuple[_Pair, ...]]] = defaultdict(lambda: (0, ()))
    for row, earlier in enumerate(rows):
        for column, later in enumerate(columns):
            score, chosen = best[row - 1, column - 1]
            both = score + _likeness(before[earlier], after[later]), (*chosen, (earlier, later))
            options = both, best[row - 1, column], best[row, column - 1]
            best[row, column] = max(options, key=lambda option: option[0])
    return list(best[len(rows) - 1, len(columns) - 1][1])


def _likeness(one: JsonValue, other: JsonValue) -> int:
    """Return how much two elements have in common, at least 1 for two of one kind."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        same = (key for key, item in one.items() if key in other and other[key] == item)
        return 1 + 2 * len(list(same))
    return int(isinstance(one, list) == isinstance(other, list))


def _labelled(pairs: Sequence[_Pair], before: int, after: int) -> Iterator[Match]:
    partner = {later: earlier for earlier, later in pairs}
    for index in range(after):
        yield Match(paths.item("", index), partner.get(index), index)
    kept = set(partner.values())
    for index in range(before):
        if index not in kept:
            yield Match(paths.item("", index), index, None)


def _canonical(value: JsonValue, policy: bool) -> str:
    """Return a text that is the same for values that mean the same."""
    return json.dumps(_normal(value, "", policy), sort_keys=True)


def _normal(value: JsonValue, name: str, policy: bool) -> JsonValue:
    if isinstance(value, Concealed):
        return {"$concealed": value.value}
    if isinstance(value, Mapping):
        return {key: _normal(one, key, policy) for key, one in value.items()}
    if not isinstance(value, list):
        return [value] if policy else value
    plain = not any(isinstance(one, Mapping | list) for one in value)
    found = [_normal(one, "", policy and not plain) for one in value]
    if policy or is_unordered(name, plain=plain):
        found.sort(key=lambda one: json.dumps(one, sort_keys=True))
    return found
