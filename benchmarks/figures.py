"""Figures of several rounds, and tables of them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One thing that was measured several times."""

    name: str
    values: tuple[float, ...]
    """One of each round; empty when this machine cannot measure it."""
    digits: int = 1
    """Decimal places that are shown."""
    limit: float | None = None
    """What the project promises at most; None where it promises nothing."""
    more_is_better: bool = False

    @property
    def best(self) -> float:
        """The best round: the one that other programs on the machine disturbed least."""
        return max(self.values) if self.more_is_better else min(self.values)

    @property
    def median(self) -> float:
        """The median of all rounds."""
        return statistics.median(self.values)

    def cells(self) -> tuple[str, str, str, str]:
        """Return name, best, median and promise as they are shown."""
        limit = "" if self.limit is None else self._shown(self.limit)
        if not self.values:
            return self.name, "not measured", "", limit
        return self.name, self._shown(self.best), self._shown(self.median), limit

    def data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        best, median = (self.best, self.median) if self.values else (None, None)
        return {
            "name": self.name,
            "best": best,
            "median": median,
            "limit": self.limit,
            "values": list(self.values),
        }

    def _shown(self, value: float) -> str:
        return f"{value:,.{self.digits}f}"


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the least of `values` that `percent` of them do not exceed (nearest rank).

    Args:
        values: One at least, in any order.
        percent: Above 0, at most 100.
    """
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[rank - 1]


def table(figures: Sequence[Figure]) -> str:
    """Return `figures` as a table of text."""
    rows = [("what", "best", "median", "limit"), *(figure.cells() for figure in figures)]
    return "\n".join(f"{name:<42}{best:>14}{mid:>10}{limit:>8}" for name, best, mid, limit in rows)


def markdown(figures: Sequence[Figure]) -> str:
    """Return `figures` as a table for the docs."""
    head = ["| Service | Best round | Median round | Promised |", "| --- | ---: | ---: | ---: |"]
    return "\n".join([*head, *(f"| {' | '.join(figure.cells())} |" for figure in figures)])
