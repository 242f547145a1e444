"""Splits rows into train, validation and holdout, by what the rows hold and not by their order.

The holdout is frozen: rows that were in it stay in it, and no copy of them is trained on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import InputError
from .contract import DataContract

LEAST_PER_LABEL = 10
"""Rows that each label must have, so that each table gets some."""


@dataclass(frozen=True)
class Splits:
    """Three tables in prepared form without a common row."""

    train: pd.DataFrame
    validation: pd.DataFrame
    holdout: pd.DataFrame


def split(
    contract: DataContract,
    frame: pd.DataFrame,
    *,
    seed: int,
    validation_share: float,
    holdout_share: float,
    frozen: pd.DataFrame | None = None,
) -> Splits:
    """Split a table in prepared form; the shares are of all rows, the same for both labels.

    Equal rows are never parted, unless most rows have an equal one with the other label: then they
    are no copies, but rows of a few categories, and each counts by itself.

    `frozen` is the holdout to keep: it stays as it is, and rows equal to one of it are left out of
    the others.

    Raises:
        InputError: Too few rows of a label, shares that leave no rows to train on, or a frozen
            holdout that lacks columns and is not found again in the table.
    """
    if validation_share + holdout_share >= 1:
        problem = "training: validation_share and holdout_share leave no rows to train on"
        raise InputError([problem])
    if frozen is None:
        _require_enough(contract, frame, "rows")
        held = _chosen(contract, frame, seed, holdout_share)
        holdout, rest = frame[held], frame[~held]
        share = validation_share / (1 - holdout_share)
    else:
        holdout, rest = _keep(contract, frozen, frame)
        _require_enough(contract, rest, "rows outside the frozen holdout")
        share = validation_share / (1 - holdout_share)
    validating = _chosen(contract, rest, seed + 1, share)
    tables = (rest[~validating], rest[validating], holdout)
    return Splits(*(table.reset_index(drop=True) for table in tables))


def without_holdout(
    contract: DataContract, rows: pd.DataFrame, holdout: pd.DataFrame
) -> pd.DataFrame:
    """Return labelled rows without those that equal a row of the holdout in features and label.

    Rows of a few categories stay, as equal ones are no copies there: see `split`.
    """
    names = [*(column.name for column in contract.features()), contract.target.column]
    if rows.empty or _repeats(contract, holdout[names]):
        return rows
    return rows[~np.isin(_keys(rows[names]), _keys(holdout[names]))]


def _keep(
    contract: DataContract, frozen: pd.DataFrame, frame: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frozen holdout with the columns of the table, and the table without its rows."""
    common = [name for name in frame.columns if name in frozen.columns]
    counted = _repeats(contract, frame[common])
    keys, held = _keys(frame[common]), _keys(frozen[common])
    inside = np.isin(_counted(keys), _counted(held)) if counted else np.isin(keys, held)
    if len(common) == len(frame.columns):
        return frozen[common], frame[~inside]
    if common and inside.sum() == len(frozen):
        return frame[inside], frame[~inside]
    added = [name for name in frame.columns if name not in common]
    raise InputError(
        [
            f"holdout: the frozen rows lack {', '.join(added)}, and the source does not hold"
            " exactly these rows; make another holdout on purpose with --new-holdout"
        ]
    )


def _require_enough(contract: DataContract, frame: pd.DataFrame, words: str) -> None:
    labels = contract.labels(frame)
    counts = {"positive": int(labels.sum()), "negative": int((1 - labels).sum())}
    problems = [
        f"{contract.target.column}: {count} {words} are {name}, at least {LEAST_PER_LABEL} needed"
        for name, count in counts.items()
        if count < LEAST_PER_LABEL
    ]
    if problems:
        raise InputError(problems)


def _chosen(
    contract: DataContract, frame: pd.DataFrame, seed: int, share: float
) -> NDArray[np.bool_]:
    """Return which rows are drawn: of each label the given share, at least one, never all."""
    keys, labels = _keys(frame), contract.labels(frame)
    if _repeats(contract, frame):
        keys = _counted(keys)
    draw = pd.util.hash_array(keys ^ np.uint64(seed))
    chosen = np.zeros(len(frame), dtype=np.bool_)
    for label in (0, 1):
        distinct = np.unique(draw[labels == label])
        count = min(max(1, round(share * len(distinct))), len(distinct) - 1)
        chosen |= (labels == label) & np.isin(draw, distinct[:count])
    return chosen


def _repeats(contract: DataContract, frame: pd.DataFrame) -> bool:
    """Tell whether most rows have an equal one with the other label.

    Kept together, the rows of one combination and label would all go to one table, and those with
    the other label to another: a model would learn the opposite of what it is judged on.
    """
    keys, labels = _keys(frame.drop(columns=contract.target.column)), contract.labels(frame)
    both = np.intersect1d(keys[labels == 0], keys[labels == 1])
    return bool(np.isin(keys, both).sum() * 2 > len(keys))


def _counted(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return keys of which the second of two equal ones differs from the first, and so on."""
    copies = pd.Series(keys).groupby(keys).cumcount().to_numpy(dtype=np.uint64)
    counted: NDArray[np.uint64] = pd.util.hash_array(keys ^ pd.util.hash_array(copies))
    return counted


def _keys(frame: pd.DataFrame) -> NDArray[np.uint64]:
    """Return a hash of each row: equal rows have equal keys, whatever their order and table."""
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)
