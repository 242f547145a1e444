"""The layout of a diagram: where groups of boxes stand so that lines between them are short.

A layered drawing after Sugiyama, Tagawa and Toda (1981): groups are put in rows so that who uses
stands above what is used, lines that pass a row get a place in it, each row is ordered by the
mean place of its neighbours, and then groups are moved towards their neighbours. Ties keep the
order of the plan, so equal plans are drawn alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

GAP = 36.0
"""Least distance between two groups of a row."""
ROW_WIDTH = 1180.0
"""A row is split when its groups are wider together than this."""
_PASSING_WIDTH = 18.0
_SWEEPS = 8
_MOVES = 24


@dataclass(slots=True, eq=False)
class Group:
    """Something with a size that is placed; also the place where a line passes a row."""

    name: str
    width: float
    height: float
    band: int
    """Rows of a lower band all stand above those of a higher one."""
    x: float = 0.0
    """Centre."""
    row: int = 0
    above: list[Group] = field(default_factory=list, repr=False)
    below: list[Group] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """Placed groups."""

    rows: list[list[Group]]
    """Groups and passing places from left to right, rows from top to bottom."""
    passing: dict[tuple[str, str], list[Group]]
    """For each pair that is joined over several rows, the places it passes, from its source."""


def layout(groups: Sequence[Group], joins: Iterable[tuple[str, str]]) -> Layout:
    """Place `groups` so that the lines `joins` (names of source and target) read downwards."""
    named = {group.name: group for group in groups}
    pairs = sorted({(a, b) for a, b in joins if a != b and a in named and b in named})
    rows = _rows(groups, pairs)
    for number, row in enumerate(rows):
        for group in row:
            group.row = number
    passing = {pair: _join(named[pair[0]], named[pair[1]], rows) for pair in pairs}
    _order(rows)
    _move(rows)
    return Layout(rows, passing)


def _rows(groups: Sequence[Group], pairs: Sequence[tuple[str, str]]) -> list[list[Group]]:
    rows: list[list[Group]] = []
    for band in sorted({group.band for group in groups}):
        members = [group for group in groups if group.band == band]
        names = {group.name for group in members}
        inside = [pair for pair in pairs if pair[0] in names and pair[1] in names]
        rank = _ranks([group.name for group in members], inside)
        for number in sorted(set(rank.values())):
            rows.extend(_split([group for group in members if rank[group.name] == number]))
    return rows


def _ranks(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the row of each name: below everything that uses it, cycles cut where they close."""
    users: dict[str, list[str]] = {name: [] for name in names}
    for source, target in pairs:
        users[target].append(source)
    rank: dict[str, int] = {}

    def visit(name: str, path: frozenset[str]) -> int:
        if name not in rank:
            open_users = [user for user in users[name] if user not in path]
            rank[name] = max((visit(user, path | {name}) + 1 for user in open_users), default=0)
        return rank[name]

    for name in names:
        visit(name, frozenset({name}))
    return rank


def _split(row: list[Group]) -> list[list[Group]]:
    """Cut a row that is too wide into rows of about the same width."""
    total = sum(group.width + GAP for group in row)
    parts = max(1, -(-int(total) // int(ROW_WIDTH)))
    rows: list[list[Group]] = [[] for _ in range(parts)]
    used = 0.0
    for group in row:
        rows[min(parts - 1, int(used * parts / total))].append(group)
        used += group.width + GAP
    return [part for part in rows if part]


def _join(source: Group, target: Group, rows: list[list[Group]]) -> list[Group]:
    step = 1 if target.row >= source.row else -1
    chain = [source]
    for row in range(source.row + step, target.row, step):
        place = Group("", _PASSING_WIDTH, 0.0, source.band, row=row)
        rows[row].append(place)
        chain.append(place)
    chain.append(target)
    ordered = chain if step == 1 else chain[::-1]
    for upper, lower in pairwise(ordered):
        if upper.row != lower.row:
            upper.below.append(lower)
            lower.above.append(upper)
    return chain[1:-1]


def _order(rows: list[list[Group]]) -> None:
    for row in rows:
        _pack(row)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            _sort(row, down)
            _pack(row)


def _sort(row: list[Group], down: bool) -> None:
    """Order a row by the mean place of its neighbours in the row above, or in the one below."""
    row.sort(key=lambda group: _mean(group.above if down else group.below, group))


def _pack(row: list[Group]) -> None:
    """Put the groups of a row side by side, around 0."""
    x = -sum(group.width + GAP for group in row) / 2
    for group in row:
        group.x = x + (group.width + GAP) / 2
        x += group.width + GAP


def _move(rows: list[list[Group]]) -> None:
    """Move groups towards their neighbours, in the order they have."""
    for number in range(_MOVES):
        for row in rows if number % 2 == 0 else reversed(rows):
            wanted = [_mean([*group.above, *group.below], group) for group in row]
            _spread(row, wanted)


def _spread(row: list[Group], wanted: list[float]) -> None:
    """Place a row near `wanted` without overlaps: the mean of the leftmost and rightmost ways."""
    left, right = list(wanted), list(wanted)
    for index in range(1, len(row)):
        left[index] = max(left[index], left[index - 1] + _distance(row[index - 1], row[index]))
    for index in range(len(row) - 2, -1, -1):
        right[index] = min(right[index], right[index + 1] - _distance(row[index], row[index + 1]))
    for group, a, b in zip(row, left, right, strict=True):
        group.x = (a + b) / 2


def _distance(left: Group, right: Group) -> float:
    gap = GAP if left.name and right.name else GAP / 2
    return (left.width + right.width) / 2 + gap


def _mean(neighbours: Sequence[Group], group: Group) -> float:
    if not neighbours:
        return group.x
    return sum(neighbour.x for neighbour in neighbours) / len(neighbours)
