"""The environment matrix for a terminal: a column for each environment."""

from __future__ import annotations

from collections.abc import Iterator

from stackwright.diff.model import Diff, MatrixRow
from stackwright.report.diff.wording import value_words
from stackwright.report.text import wrapped
from stackwright.report.words import clean, plural

_WIDEST_KEY = 40
_NARROWEST = 8
_GAP = 2
_ABSENT = "-"


def matrix_lines(diff: Diff, width: int) -> list[str]:
    """Return the keys that change, as each environment has them afterwards.

    A value that this change sets is marked by `*`. Keys in which environments differ as before
    are counted.
    """
    known = {name for row in diff.matrix for name in (*row.values, *row.changed)}
    names = [one.environment for one in diff.environments if one.environment in known]
    rows = [row for row in diff.matrix if row.changed]
    same = len(diff.matrix) - len(rows)
    told = f"Environments differ in {plural('other key', same)}, as before." if same else ""
    note = [wrapped(told, "  ", "  ", width)] if told else []
    if not rows or not names:
        return []
    return ["What each environment gets (* set by this change)", *_table(rows, names, width), *note]


def _table(rows: list[MatrixRow], names: list[str], width: int) -> Iterator[str]:
    keys = [clean(row.path) for row in rows]
    longest = min(max(map(len, keys)), _WIDEST_KEY)
    room = max((width - 2 - longest) // len(names) - _GAP, _NARROWEST)
    cells = [[_cell(row, name, room) for name in names] for row in rows]
    columns = zip([cut_to(name, room) for name in names], *cells, strict=True)
    widths = [max(map(len, column)) for column in columns]
    for key, values in [
        ("", [cut_to(name, room) for name in names]),
        *zip(keys, cells, strict=True),
    ]:
        if len(key) > longest:
            yield f"  {cut_to(key, width - 2)}"
            key = ""  # noqa: PLW2901 - the values stand on the next line
        padded = (f"{value:<{size}}" for value, size in zip(values, widths, strict=True))
        yield f"  {key:<{longest}}  {(' ' * _GAP).join(padded)}".rstrip()


def _cell(row: MatrixRow, name: str, room: int) -> str:
    mark = "*" if name in row.changed else ""
    value = value_words(row.values[name]) if name in row.values else _ABSENT
    return cut_to(value, room - len(mark)) + mark


def cut_to(text: str, room: int) -> str:
    """Return a text that takes at most `room` columns."""
    line = clean(text)
    return line if len(line) <= room else f"{line[: room - 3]}..."
