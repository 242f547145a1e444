"""Rows to ask a service about: from a file, or drawn from the prepared data."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..data.contract import CategoryColumn, DataContract, ModelColumn, NumberColumn
from ..errors import InputError
from ..project import Project

Table = Literal["train", "unseen"]
"""`unseen` are the rows that the model was not fitted on: validation and holdout."""
_PARTS: Mapping[Table, tuple[str, ...]] = {
    "train": ("train",),
    "unseen": ("validation", "holdout"),
}

Texts = Mapping[str, str | None]
"""A row of a CSV file; None where a value is missing."""


@dataclass(frozen=True)
class Sample:
    """Rows drawn from prepared data: the requests, and what came true of each.

    `truth` has for each row its label (0 or 1) and its personal features, which are not in the
    prediction log. `cut` counts the shifted values that were set to a bound of their feature.
    """

    rows: list[dict[str, Any]]
    truth: list[dict[str, Any]]
    cut: int


def draw(
    project: Project, count: int, table: Table, shifts: Mapping[str, float], seed: int
) -> Sample:
    """Draw rows without repetition, and shift features of them by standard deviations.

    A shifted value that would leave the bounds of its feature is set to the bound, as the service
    would refuse it. The label stays what it was: the world has changed, not the people.

    Raises:
        InputError: There are no prepared data, or fewer rows than asked for, or a shift names no
            feature of numbers.
    """
    contract = project.contract
    texts = [row for part in _PARTS[table] for row in _prepared(project, part)]
    if len(texts) < count:
        raise InputError([f"--sample {count}: the rows of `{table}` are only {len(texts)}"])
    deviations = _deviations(contract, texts, shifts)
    chosen = random.Random(seed).sample(texts, count)  # noqa: S311 - no secret
    rows = [_row(contract.features(), row) for row in chosen]
    cut = sum(_shift(contract, row, deviations) for row in rows)
    personal = [column.name for column in contract.features() if column.personal]
    truth = [
        {"label": int(texts[contract.target.column] or 0)} | {name: row[name] for name in personal}
        for texts, row in zip(chosen, rows, strict=True)
    ]
    return Sample(rows, truth, cut)


def read_csv_rows(contract: DataContract, file: Path) -> list[dict[str, Any]]:
    """Return the features of a CSV file; its other columns are left out.

    Raises:
        InputError: It is no CSV file, lacks a feature, or has text where a number must be.
    """
    from ..data.tables import read_bytes, read_table

    table = read_table(read_bytes(file), str(file))
    missing = [
        column.name
        for column in contract.features()
        if column.name not in table.columns and not column.nullable
    ]
    if missing:
        raise InputError([f"{file}: column {name} is missing" for name in missing])
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for number, values in enumerate(table.to_dict("records"), start=1):
        texts = {str(k): v if isinstance(v, str) else None for k, v in values.items()}
        try:
            rows.append(_row(contract.features(), texts))
        except InputError as error:
            problems += [f"{file}: row {number}: {problem}" for problem in error.problems]
    if problems:
        raise InputError(problems)
    return rows


def read_json_rows(text: str, name: str) -> list[dict[str, Any]]:
    """Return rows of JSON: a list, or an object with the key `rows`; the service checks them.

    Raises:
        InputError: It is something else; `name` says where it came from.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError([f"{name}: not JSON: {error}"]) from None
    rows = found.get("rows") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError([f'{name}: expected a list of objects, or {{"rows": [...]}}'])
    return rows


def _prepared(project: Project, part: str) -> list[Texts]:
    storage = project.storage("data")
    key = f"{part}.csv"
    try:
        text = storage.read(key).decode()
    except KeyError:
        raise InputError([f"{storage.url(key)}: is not there; run `prepare`"]) from None
    return [
        {name: value or None for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def _row(features: Sequence[ModelColumn], texts: Texts) -> dict[str, Any]:
    row: dict[str, Any] = {}
    problems: list[str] = []
    for column in features:
        text = texts.get(column.name)
        if text is None or isinstance(column, CategoryColumn):
            row[column.name] = text
            continue
        try:
            row[column.name] = float(text)
        except ValueError:
            row[column.name] = math.nan
        if not math.isfinite(row[column.name]):
            problems.append(f"{column.name}: expected a number")
    if problems:
        raise InputError(problems)
    return row


def _deviations(
    contract: DataContract, texts: Sequence[Texts], shifts: Mapping[str, float]
) -> dict[str, float]:
    numbers = [column for column in contract.features() if isinstance(column, NumberColumn)]
    names = [column.name for column in numbers]
    unknown = [name for name in shifts if name not in names]
    if unknown:
        known = ", ".join(names)
        raise InputError(
            [f"--shift {name}: no feature of numbers; known: {known}" for name in unknown]
        )
    known_values = {
        name: [float(row[name] or 0) for row in texts if row[name] is not None] for name in shifts
    }
    return {name: shifts[name] * statistics.pstdev(known_values[name]) for name in shifts}


def _shift(contract: DataContract, row: dict[str, Any], deviations: Mapping[str, float]) -> int:
    """Shift the values of a row; return how many were set to a bound."""
    cut = 0
    for name, deviation in deviations.items():
        if row[name] is None:
            continue
        column = contract.columns[name]
        assert isinstance(column, NumberColumn)
        shifted = row[name] + deviation
        low = -math.inf if column.minimum is None else column.minimum
        high = math.inf if column.maximum is None else column.maximum
        row[name] = min(max(shifted, low), high)
        cut += row[name] != shifted
    return cut
