"""Checks a file of labels that people bring, and keeps it for monitoring and retraining."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from ..errors import InputError
from ..problems import nearest
from ..project import Project
from .contract import RESERVED, DataContract, ModelColumn
from .tables import read_bytes, read_table
from .validation import column_problems

_IDENTITY = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")
"""Form of the identity that the service gives each prediction."""
_MOST_ROWS = 5


@dataclass(frozen=True)
class Imported:
    """What was kept."""

    rows: int
    positive: int
    url: str
    absent: tuple[str, ...]
    """Personal features that the file lacks: without them its rows cannot train a model."""


def import_labels(project: Project, file: Path) -> Imported:
    """Keep the labels of a CSV file: `prediction_id`, `label`, and any personal features.

    A label is 1 or 0, or spelled like the positive or negative value of the target.

    Raises:
        InputError: Anything in the file is wrong: all is listed, and nothing is kept.
    """
    contract = project.contract
    table = read_table(read_bytes(file), str(file))
    personal = [column for column in contract.features() if column.personal]
    problems = list(_column_problems(contract, table, personal))
    if not problems:
        labels = table["label"].map(_spellings(contract))
        problems = list(_row_problems(contract, table, labels, personal))
    if problems:
        raise InputError([f"{file}: {problem}" for problem in problems])
    names = [column.name for column in personal if column.name in table.columns]
    kept = table[["prediction_id", *names]]
    kept.insert(1, "label", labels.astype("int64"))
    storage = project.storage("labels")
    key = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}.csv"
    storage.write(key, kept.to_csv(index=False, lineterminator="\n").encode())
    absent = tuple(column.name for column in personal if column.name not in names)
    return Imported(len(kept), int(kept["label"].sum()), storage.url(key), absent)


def _spellings(contract: DataContract) -> dict[str, int]:
    """Return the label that each spelling means; a target may spell positive as 0."""
    target = contract.target
    turned = target.positive == "0" or target.negative == "1"
    spelled = {} if turned else {"1": 1, "0": 0}
    if target.positive is not None:
        spelled |= {target.positive: 1}
    if target.negative is not None:
        spelled |= {target.negative: 0}
    return spelled


def _column_problems(
    contract: DataContract, table: pd.DataFrame, personal: list[ModelColumn]
) -> Iterator[str]:
    allowed = RESERVED | {column.name for column in personal}
    for name in sorted(RESERVED - set(table.columns), reverse=True):
        yield f"column {name} is missing{nearest(name, set(table.columns) - allowed, most=0)}"
    features = {column.name for column in contract.features()}
    for name in table.columns:
        if name in allowed:
            continue
        if name in features:
            yield f"column {name} is in the prediction log already; remove it here"
        else:
            yield f"column {name} is no personal feature of the contract; remove it here"


def _row_problems(
    contract: DataContract,
    table: pd.DataFrame,
    labels: pd.Series[int],
    personal: list[ModelColumn],
) -> Iterator[str]:
    identities = table["prediction_id"]
    formed = identities.fillna("").str.fullmatch(_IDENTITY)
    yield from _rows("prediction_id: not the identity of a prediction", ~formed)
    yield from _rows(
        "prediction_id: is there more than once", formed & identities.duplicated(False)
    )
    words = " or ".join(_spellings(contract))
    yield from _rows(f"label: expected {words}", labels.isna())
    yield from column_problems(
        contract, table, [column for column in personal if column.name in table.columns]
    )


def _rows(problem: str, wrong: pd.Series[bool]) -> Iterator[str]:
    """Yield a problem with the rows that have it, counted from 1 below the header."""
    rows = [int(row) + 1 for row in wrong.index[wrong]]
    if rows:
        more = f" and {len(rows) - _MOST_ROWS} more" if len(rows) > _MOST_ROWS else ""
        shown = ", ".join(str(row) for row in rows[:_MOST_ROWS])
        yield f"{problem}: {'row' if len(rows) == 1 else 'rows'} {shown}{more}"
