"""The version of the prepared data: what version.json says."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import InputError
from ..storage import Storage

VERSION_KEY = "version.json"
TABLES = ("train", "validation", "holdout")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Table(_Part):
    """One prepared table."""

    sha256: str
    rows: int
    positive: int


class Tables(_Part):
    """The three prepared tables."""

    train: Table
    validation: Table
    holdout: Table

    def items(self) -> list[tuple[str, Table]]:
        """Return each table with its name."""
        return [(name, getattr(self, name)) for name in TABLES]


class DataVersion(_Part):
    """What was prepared, when, and from what."""

    schema_: Literal["prepared-data/v1"] = Field(alias="schema", default="prepared-data/v1")
    version: str
    """SHA-256 over the three tables, in hex."""
    time: str
    contract: str
    """Fingerprint of what in the contract decides the tables."""
    source: dict[str, Any]
    target: dict[str, Any]
    tables: Tables


def read_version(storage: Storage) -> DataVersion | None:
    """Return the version of the prepared data; None when nothing was prepared yet.

    Raises:
        InputError: version.json is no file of ours.
    """
    try:
        return DataVersion.model_validate_json(storage.read(VERSION_KEY))
    except KeyError:
        return None
    except ValidationError:
        problem = "is no version of prepared data; delete it and run `prepare`"
        raise InputError([f"{storage.url(VERSION_KEY)}: {problem}"]) from None
