"""Prepares data: reads the source, requires it valid, splits it, and writes what `load` reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from ..errors import InputError
from ..project import Project
from ..settings import TrainingSettings
from ..storage import Storage
from .contract import CategoryColumn, DataContract
from .prepared import fingerprint, table_from_csv, table_to_csv
from .sources import read_source
from .splits import Splits, split
from .validation import numbers, require_valid
from .version import TABLES, VERSION_KEY, DataVersion, Table, Tables, read_version


@dataclass(frozen=True)
class Preparation:
    """What was prepared and is not written yet."""

    contents: Mapping[str, bytes]
    """What to write by key, version.json last."""
    version: DataVersion
    """What version.json says."""
    meaning: str
    """What label 1 means, in words."""
    holdout_kept: bool
    """Whether the holdout is the one of an earlier preparation."""

    def write(self, storage: Storage) -> dict[str, Any]:
        """Write everything, and return what a person wants to know about it.

        The file that names the tables comes last, so that half a writing is noticed.
        """
        for key, data in self.contents.items():
            storage.write(key, data)
        return {
            "version": self.version.version,
            "tables": {
                name: {"rows": table.rows, "positive": table.positive}
                for name, table in self.version.tables.items()
            },
            "meaning": self.meaning,
            "holdout_kept": self.holdout_kept,
            "written": storage.url(VERSION_KEY).rpartition("/")[0],
        }


def prepare_source(project: Project, *, new_holdout: bool = False) -> dict[str, Any]:
    """Prepare what the data contract names as its source; return what was done.

    Raises:
        InputError: The source is not valid, or the earlier holdout cannot be kept; nothing is
            written then.
    """
    storage = project.storage("data")
    source, name = read_source(project.contract, storage)
    frame = require_valid(project.contract, source, name)
    settings = project.settings.training
    prepared = prepare(project.contract, frame, storage, settings, new_holdout=new_holdout)
    return prepared.write(storage)


def prepare(
    contract: DataContract,
    frame: pd.DataFrame,
    storage: Storage,
    settings: TrainingSettings,
    *,
    new_holdout: bool = False,
) -> Preparation:
    """Split a table in prepared form and say what to write; nothing is written yet.

    The holdout of an earlier preparation is kept, unless `new_holdout`.

    Raises:
        InputError: The earlier holdout cannot be kept, or there are too few rows.
    """
    frozen = None if new_holdout else _frozen_holdout(contract, storage)
    splits = split(
        contract,
        frame,
        seed=settings.seed,
        validation_share=settings.validation_share,
        holdout_share=settings.holdout_share,
        frozen=frozen,
    )
    contents, version = _contents(contract, splits)
    return Preparation(contents, version, contract.target.meaning, frozen is not None)


def _frozen_holdout(contract: DataContract, storage: Storage) -> pd.DataFrame | None:
    """Return the holdout to keep; None when nothing was prepared yet."""
    version = read_version(storage)
    if version is None:
        return None
    purpose = "make another holdout on purpose with --new-holdout"
    if version.target != contract.target.model_dump():
        problem = f"the frozen holdout has another target; {purpose}"
        raise InputError([f"{storage.url('holdout.csv')}: {problem}"])
    try:
        data = storage.read("holdout.csv")
    except KeyError:
        data = b""
    if hashlib.sha256(data).hexdigest() != version.tables.holdout.sha256:
        problem = f"is not the holdout that {VERSION_KEY} names; bring it back, or {purpose}"
        raise InputError([f"{storage.url('holdout.csv')}: {problem}"])
    return _respelled(table_from_csv(data, contract), contract)


def _respelled(table: pd.DataFrame, contract: DataContract) -> pd.DataFrame:
    """Spell what was a number as the category of today: 8.0 as 8, or no row would be found again.

    Only what is no value of the category is spelled anew, and only where one value is that number.
    """
    for column in contract.used_columns():
        if isinstance(column, CategoryColumn) and column.name in table.columns:
            values = pd.Series(column.values, index=numbers(pd.Series(column.values)))
            values = values[values.index.notna() & ~values.index.duplicated(keep=False)]
            found = table[column.name]
            spelled = numbers(found).map(values).where(~found.isin(column.values), found)
            table[column.name] = spelled.where(spelled.notna(), found)
    return table


def _contents(contract: DataContract, splits: Splits) -> tuple[dict[str, bytes], DataVersion]:
    """Return what to write by key, version.json last, and what that says."""
    contents, tables = {}, {}
    for name in TABLES:
        table = getattr(splits, name)
        data = contents[f"{name}.csv"] = table_to_csv(table)
        positive = int(contract.labels(table).sum())
        digest = hashlib.sha256(data).hexdigest()
        tables[name] = Table(sha256=digest, rows=len(table), positive=positive)
    digests = {name: table.sha256 for name, table in tables.items()}
    version = DataVersion(
        version=hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        contract=fingerprint(contract),
        source=contract.source.model_dump(),
        target=contract.target.model_dump(),
        tables=Tables(**tables),
    )
    text = version.model_dump_json(by_alias=True, indent=2) + "\n"
    return contents | {VERSION_KEY: text.encode()}, version
