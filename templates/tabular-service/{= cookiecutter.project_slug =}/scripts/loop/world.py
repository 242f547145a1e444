"""Where the loop's traffic comes from: the prepared rows, drawn again with noise."""

from __future__ import annotations

import csv
import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

NOISE = 0.05
"""In standard deviations of a column."""

Row = dict[str, str | float | None]


@dataclass(frozen=True)
class Traffic:
    """Rows as the service takes them, and the label that each will turn out to have."""

    rows: Sequence[Row]
    labels: Sequence[int]


class World:
    """Where traffic comes from: the prepared rows, drawn again with noise."""

    def __init__(self, folder: Path) -> None:
        """Read the contract and the prepared tables of the project in `folder`."""
        contract = folder / "configuration" / "data.yaml"
        said: Mapping[str, Any] = yaml.safe_load(contract.read_text(encoding="utf-8"))
        self.features: Mapping[str, Mapping[str, Any]] = {
            name: column
            for name, column in said["columns"].items()
            if column.get("role", "feature") == "feature"
        }
        self.target = str(said["target"]["column"])
        self.rows: list[dict[str, str]] = []
        for name in ("train.csv", "validation.csv"):
            table = folder / "state" / "data" / name
            with table.open(encoding="utf-8", newline="") as file:
                self.rows += csv.DictReader(file)
        self.random = random.Random(7)  # noqa: S311
        numbers = [name for name, column in self.features.items() if column["type"] == "number"]
        self.moved = frozenset(numbers[: (len(numbers) + 1) // 2])
        self.spread = {
            name: statistics.pstdev(float(row[name]) for row in self.rows if row[name])
            for name in numbers
        }

    def traffic(self, count: int, shift: float = 0.0) -> Traffic:
        """Return `count` rows; half of the number columns are moved by `shift` deviations."""
        drawn = self.random.choices(self.rows, k=count)
        rows = [
            {name: self._value(name, row[name], shift) for name in self.features} for row in drawn
        ]
        return Traffic(rows, [int(float(row[self.target])) for row in drawn])

    def _value(self, name: str, text: str, shift: float) -> str | float | None:
        if not text or name not in self.spread:
            return text or None
        offset = self.random.gauss(shift if name in self.moved else 0.0, NOISE)
        value = float(text) + offset * self.spread[name]
        lowest = self.features[name].get("minimum", value)
        highest = self.features[name].get("maximum", value)
        return float(min(max(value, lowest), highest))
