"""Reads CSV files of people, strictly: every value as text, and every problem at once."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ..errors import InputError
from .contract import MOST_COLUMNS

MOST_BYTES = 512 * 1024 * 1024
"""Size of the largest file that is read."""
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null")
"""What stands for a value that is missing."""
_MOST_PROBLEMS = 20
"""Rows that are named before the rest is only counted."""


def read_bytes(file: Path) -> bytes:
    """Return what a file holds.

    Raises:
        InputError: It is not there, is no regular file, or is larger than 512 MiB.
    """
    if not file.exists():
        raise InputError([f"{file}: is not there"])
    if not file.is_file():
        raise InputError([f"{file}: is not a file"])
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise InputError([f"{file}: has {size} bytes, more than the limit of {MOST_BYTES}"])
    return file.read_bytes()


def read_table(data: bytes, file: str) -> pd.DataFrame:
    """Return a CSV file as a table of text, NaN where a value is missing.

    Expects UTF-8, commas, a header with a name for each column, and rows as long as the header.

    Raises:
        InputError: The file is not so; `file` names it, and every problem is listed.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start} is not UTF-8; save the file as UTF-8"
        raise InputError([f"{file}:{line}: {problem}"]) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError([f"{file}:{line}: holds a NUL character, so it is no CSV file"])
    problems = list(_problems(text, file))
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        shown = problems[:_MOST_PROBLEMS]
        raise InputError(shown + ([f"{file}: {more} more problems"] if more > 0 else []))
    return pd.read_csv(
        io.StringIO(text, newline=""), dtype=str, keep_default_na=False, na_values=list(MISSING)
    )


def _problems(text: str, file: str) -> Iterator[str]:
    """Yield what is wrong with the form of a CSV file, line by line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next((row for row in reader if row), None)
        if header is None:
            yield f"{file}: is empty; expected a line with the names of the columns"
            return
        header_problems = list(_header_problems(header, file, reader.line_num))
        yield from header_problems
        if header_problems:
            return
        rows = 0
        for row in reader:
            if row and len(row) != len(header):
                where = f"{file}:{reader.line_num}"
                yield f"{where}: has {len(row)} values, the header has {len(header)}"
            rows += bool(row)
        if rows == 0:
            yield f"{file}: has a header and no rows"
    except csv.Error as error:
        yield f"{file}:{reader.line_num}: not CSV: {error}"


def _header_problems(header: list[str], file: str, line: int) -> Iterator[str]:
    where = f"{file}:{line}"
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        yield f"{where}: the header has no comma; save the file with commas between the values"
        return
    if len(header) > MOST_COLUMNS:
        yield f"{where}: has {len(header)} columns, more than the limit of {MOST_COLUMNS}"
    for position, name in enumerate(header, start=1):
        if not name.strip():
            yield f"{where}: column {position} has no name"
        elif name != name.strip() or not name.isprintable():
            yield f"{where}: the name {name!r} has spaces around it, or hidden characters"
        elif len(name) > 100:
            yield f"{where}: the name of column {position} is longer than 100 characters"
    for name, times in Counter(header).items():
        if times > 1 and name.strip():
            yield f"{where}: {name} is the name of {times} columns"
