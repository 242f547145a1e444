"""Asks a service for predictions over one connection, and times the answers."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path

FEATURES = ("bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
"""Features of the data that come with the template."""

Row = Mapping[str, float]


@dataclass
class Client:
    """One connection that stays open."""

    connection: HTTPConnection
    rows_asked: int = 0

    def predict(self, rows: Sequence[Row]) -> float:
        """Ask for predictions; return the seconds until the answer was read whole.

        Raises:
            RuntimeError: The answer is not one prediction for each row.
        """
        body = json.dumps({"rows": list(rows)}).encode()
        headers = {"content-type": "application/json"}
        start = time.perf_counter()
        self.connection.request("POST", "/predict", body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        seconds = time.perf_counter() - start
        self.rows_asked += len(rows)
        if answer.status != 200 or len(json.loads(text)["predictions"]) != len(rows):
            raise RuntimeError(f"the service answered {answer.status}: {text[:500]!r}")
        if answer.will_close:
            raise RuntimeError("the service closed the connection: each request would open another")
        return seconds

    def single_rows(self, rows: Sequence[Row], requests: int) -> list[float]:
        """Ask for one row `requests` times, one after another; return the seconds of each."""
        return [self.predict([row]) for row in islice(cycle(rows), requests)]

    def batches(self, rows: Sequence[Row], size: int, requests: int) -> float:
        """Ask for `size` rows `requests` times, one after another; return rows a second."""
        batch = list(islice(cycle(rows), size))
        return size * requests / sum(self.predict(batch) for _ in range(requests))


@contextmanager
def client(host: str, port: int) -> Iterator[Client]:
    """Yield a client with a connection of its own."""
    with closing(HTTPConnection(host, port, timeout=30)) as connection:
        yield Client(connection)


def rows_in(file: Path) -> list[Row]:
    """Return the features of each row of a table that `prepare` wrote."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [{name: float(row[name]) for name in FEATURES} for row in csv.DictReader(lines)]
