"""Prepared data: three tables without a common row, and the version that names them."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass

import pandas as pd

from ..errors import InputError
from ..project import Project
from ..storage import Storage
from .contract import CategoryColumn, DataContract
from .version import VERSION_KEY, Table, read_version


@dataclass(frozen=True)
class Prepared:
    """The tables that models are trained and judged on.

    Each holds the features and slices of the contract, and the label (0 or 1) in the column that
    the target names: read it with `DataContract.labels`.
    """

    train: pd.DataFrame
    validation: pd.DataFrame
    holdout: pd.DataFrame
    version: str
    """SHA-256 over the three tables, in hex."""
    holdout_digest: str
    """SHA-256 of the holdout, in hex."""


def load(project: Project) -> Prepared:
    """Return the data that `prepare` wrote.

    Raises:
        InputError: Nothing is prepared, the files are not those that version.json names, or the
            contract has other columns by now.
    """
    storage = project.storage("data")
    version = read_version(storage)
    if version is None:
        raise InputError([f"{storage.url(VERSION_KEY)}: no data are prepared; run `prepare`"])
    if version.contract != fingerprint(project.contract):
        raise InputError([f"{project.contract_file}: has changed since; run `prepare`"])
    tables = {
        name: read_table(storage, name, table, project.contract)
        for name, table in version.tables.items()
    }
    digest = version.tables.holdout.sha256
    return Prepared(**tables, version=version.version, holdout_digest=digest)


def read_table(storage: Storage, name: str, table: Table, contract: DataContract) -> pd.DataFrame:
    """Return one prepared table; `table` says which digest it must have.

    Raises:
        InputError: The table is missing or is not the one that was prepared.
    """
    key = f"{name}.csv"
    try:
        data = storage.read(key)
    except KeyError:
        data = b""
    if hashlib.sha256(data).hexdigest() != table.sha256:
        problem = f"is not the table that {VERSION_KEY} names; run `prepare`"
        raise InputError([f"{storage.url(key)}: {problem}"])
    return table_from_csv(data, contract)


def table_from_csv(data: bytes, contract: DataContract) -> pd.DataFrame:
    """Return a prepared table from its bytes: text for categories, float64 for numbers."""
    table: pd.DataFrame = pd.read_csv(
        io.BytesIO(data), dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8"
    )
    for name in table.columns:
        if name == contract.target.column:
            table[name] = table[name].astype("int64")
        elif not isinstance(contract.columns.get(name), CategoryColumn):
            table[name] = pd.to_numeric(table[name], errors="coerce").astype("float64")
    return table


def table_to_csv(table: pd.DataFrame) -> bytes:
    """Return the one way that a prepared table is written."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def fingerprint(contract: DataContract) -> str:
    """Return what of a contract decides the prepared tables: source, target, columns in use."""
    columns = {column.name: column.type for column in contract.used_columns()}
    meaning = {
        "source": contract.source.model_dump(),
        "target": contract.target.model_dump(),
        "columns": list(columns.items()),
    }
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()
