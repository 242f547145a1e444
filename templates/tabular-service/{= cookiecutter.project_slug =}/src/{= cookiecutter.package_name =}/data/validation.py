"""Says which rows of a table keep the data contract, by a pandera schema made from it.

A problem names its rows, counted from 1 below the header. It shows values only of columns that
say nothing about a person, and never the target's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from ..errors import InputError
from ..problems import nearest
from .contract import CategoryColumn, DataContract, ModelColumn, NumberColumn

_MOST_ROWS = 5
"""Rows that a problem names before it only counts."""
_GREATEST = 1e100
"""Numbers beyond this are refused: training sums up squares, which would soon be infinite."""


def require_valid(contract: DataContract, frame: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return a source table in prepared form, if all of it is valid.

    Raises:
        InputError: A column is missing or not in the contract, or a row is not valid; `file`
            names the table in every problem.
    """
    target = contract.target.column
    known = set(contract.columns) | {target}
    wanted = [*(column.name for column in contract.used_columns()), target]
    problems = [
        f"column {name} is missing{nearest(name, set(frame.columns) - known, most=0)}"
        for name in wanted
        if name not in frame.columns
    ]
    problems += [
        f"column {name} is not in the contract; add it there, with `role: ignored` to leave it out"
        for name in frame.columns
        if name not in known
    ]
    checked = {column.name: _column_schema(column) for column in contract.used_columns()}
    checked[target] = _target_schema(contract)
    failures = _failures(frame, checked)
    problems += _sentences(failures, contract, frame)
    if not problems and len(set(contract.label(_target_values(contract, frame)))) < 2:
        problems.append(f"{target}: all rows have the same label ({contract.target.meaning}?)")
    if problems:
        raise InputError([f"{file}: {problem}" for problem in problems])
    labels = contract.label(_target_values(contract, frame))
    return _typed(contract, frame).assign(**{target: labels})


def valid_rows(contract: DataContract, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the valid rows of a table in prepared form, and the reasons for the others.

    The table has every feature, and the label (0 or 1) in the column that the target names. A
    slice that is no feature may be absent, and is not checked: labelled rows seldom have it.

    Raises:
        InputError: A feature or the label is missing as a column.
    """
    target = contract.target.column
    wanted = [*(column.name for column in contract.features()), target]
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise InputError([f"labelled rows: column {name} is missing" for name in missing])
    checked = {column.name: _column_schema(column) for column in contract.features()}
    checked[target] = pa.Column(
        None, pa.Check(lambda values: numbers(values).isin([0, 1]), error="expected 0 or 1")
    )
    table = frame.reset_index(drop=True)
    failures = _failures(table, checked)
    valid = table.drop(index=[int(row) for row in failures["index"].unique()])
    labels = numbers(valid[target]).astype("int64")
    return _typed(contract, valid).assign(**{target: labels}), _sentences(failures, contract, table)


def column_problems(
    contract: DataContract, frame: pd.DataFrame, columns: list[ModelColumn]
) -> list[str]:
    """Return what is wrong with some columns of a table that has them."""
    failures = _failures(frame, {column.name: _column_schema(column) for column in columns})
    return _sentences(failures, contract, frame)


def numbers(values: pd.Series[Any]) -> pd.Series[float]:
    """Return values as float64; what is no finite number is NaN."""
    found = pd.to_numeric(values, errors="coerce").astype("float64")
    return found.where(found.abs() != math.inf)


def _column_schema(column: ModelColumn) -> pa.Column:
    """Return the checks of one column; they read text as well as numbers."""
    if isinstance(column, CategoryColumn):
        values = list(column.values)
        words = "expected one of " + ", ".join(values[:20]) + (", ..." if values[20:] else "")
        checks = [pa.Check(lambda found: found.isin(values), error=words)]
    else:
        checks = [pa.Check(lambda found: numbers(found).notna(), error="expected a number")]
        words = f"expected a number from {-_GREATEST:g} to {_GREATEST:g}"
        checks.append(pa.Check(lambda found: ~(numbers(found).abs() > _GREATEST), error=words))
        minimum, maximum = column.minimum, column.maximum
        if minimum is not None:
            words = f"expected at least {minimum:g}"
            checks.append(pa.Check(lambda found: ~(numbers(found) < minimum), error=words))
        if maximum is not None:
            words = f"expected at most {maximum:g}"
            checks.append(pa.Check(lambda found: ~(numbers(found) > maximum), error=words))
    return pa.Column(None, checks, nullable=column.nullable)


def _target_schema(contract: DataContract) -> pa.Column:
    target = contract.target
    if target.above is not None:
        check = pa.Check(lambda found: numbers(found).notna(), error="expected a number")
        return pa.Column(None, check)
    if target.negative is not None:
        allowed = [target.positive, target.negative]
        words = f"expected {target.positive} or {target.negative}"
        return pa.Column(None, pa.Check(lambda found: found.isin(allowed), error=words))
    return pa.Column(None)


def _failures(frame: pd.DataFrame, columns: dict[str, pa.Column]) -> pd.DataFrame:
    """Return one row for each value that fails: `column`, `check` in words, `index`, value."""
    present = {name: column for name, column in columns.items() if name in frame.columns}
    empty = pd.DataFrame({"column": [], "check": [], "failure_case": [], "index": []})
    try:
        pa.DataFrameSchema(present).validate(frame.reset_index(drop=True), lazy=True)
    except SchemaErrors as errors:
        return cast("pd.DataFrame", errors.failure_cases)
    return empty


def _sentences(failures: pd.DataFrame, contract: DataContract, frame: pd.DataFrame) -> list[str]:
    """Return one sentence for each column and check that failed, in the order of the table."""
    order = {str(name): position for position, name in enumerate(frame.columns)}
    hidden = set(contract.personal()) | {contract.target.column}
    groups = sorted(
        failures.groupby(["column", "check"], sort=False),
        key=lambda group: order[cast("tuple[str, str]", group[0])[0]],
    )
    return list(_group_sentences(groups, hidden, contract.target.column))


def _group_sentences(groups: list[Any], hidden: set[str], target: str) -> Iterator[str]:
    for (name, check), found in groups:
        rows = found.sort_values("index")
        may = "" if name == target else "; set nullable: true to allow that"
        words = f"is missing{may}" if check == "not_nullable" else check
        shows = name not in hidden and check != "not_nullable"
        named = [
            f"{int(row) + 1} ({str(value)[:40]!r})" if shows else f"{int(row) + 1}"
            for row, value in zip(rows["index"], rows["failure_case"], strict=True)
        ]
        more = f" and {len(named) - _MOST_ROWS} more" if len(named) > _MOST_ROWS else ""
        label = "row" if len(named) == 1 else "rows"
        yield f"{name}: {words}: {label} {', '.join(named[:_MOST_ROWS])}{more}"


def _target_values(contract: DataContract, frame: pd.DataFrame) -> pd.Series[Any]:
    values = frame[contract.target.column]
    return numbers(values) if contract.target.above is not None else values


def _typed(contract: DataContract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that are kept: numbers as float64, categories as text."""
    return pd.DataFrame(
        {
            column.name: numbers(frame[column.name])
            if isinstance(column, NumberColumn)
            else frame[column.name]
            for column in contract.used_columns()
            if column.name in frame.columns
        },
        index=frame.index,
    )
