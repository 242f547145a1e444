"""The prediction log: what was asked and answered, without personal data, in batches.

Answers never wait for it. Rows are queued, and a thread writes them as JSON lines to a storage
under `YYYY-MM-DD/<time>-<worker>-<random>.jsonl`; the day is that of the rows in the file. A
storage that fails is tried again with the same key, so that a write that had arrived is repeated
and not doubled. Meanwhile the queue keeps the newest rows and counts those it drops. Rows that
are queued when the process is killed (not terminated) are lost.
"""

from __future__ import annotations

import json
import logging
import math
import os
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

LOGGER = logging.getLogger(__name__)
RETENTION_INTERVAL_SECONDS = 6 * 60 * 60.0
"""How often each worker deletes what is too old."""
LONGEST_RETRY_SECONDS = 60.0
"""The longest time between two tries of a write that fails."""
LAST_RETRY_SECONDS = 0.2
"""The time between two tries while the service stops."""
TICK_SECONDS = 0.5
"""How often the age of the first row is looked at."""

Entry = Mapping[str, Any]
"""One row of the log; its `time` is in ISO 8601, in UTC."""


class LogStorage(Protocol):
    """What the log needs of a storage."""

    def write(self, key: str, data: bytes) -> None:
        """Write a whole object."""

    def list(self, prefix: str = "") -> list[str]:
        """Return all keys below a prefix."""

    def delete(self, key: str) -> None:
        """Delete an object; one that is gone is no error."""


@dataclass(frozen=True)
class LogLimits:
    """When the log writes, and how much it keeps.

    A batch is written when it has `batch_rows` rows or its first row is `batch_seconds` old.
    `queue_rows` bounds the rows in memory. Days older than `retention_days` are deleted.
    """

    batch_rows: int
    batch_seconds: float
    queue_rows: int
    retention_days: int


Count = Callable[[str, int], None]
"""Is told how many more rows were `written` or `dropped`, and of each `failure` to write."""


class PredictionLog:
    """Takes rows without waiting, and writes them in a thread of its own."""

    def __init__(self, storage: LogStorage, limits: LogLimits, count: Count) -> None:
        """Queue from now on; nothing is written before `start`."""
        self._storage = storage
        self._limits = limits
        self._count = count
        self._rows: deque[Entry] = deque()
        self._wake = threading.Condition()
        self._pending: tuple[str, bytes, int] | None = None
        self._oldest = 0.0
        self._retry_at = 0.0
        self._retry_seconds = 0.0
        self._stop_at = math.inf
        self._stopping = False
        self._clean_at = time.monotonic() + random.uniform(0, 60)  # noqa: S311 - spreads workers
        self._thread = threading.Thread(target=self._run, name="prediction log", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def add(self, entries: Sequence[Entry]) -> None:
        """Queue rows; the oldest make room when the queue is full."""
        with self._wake:
            if not self._rows:
                self._oldest = time.monotonic()
            self._rows.extend(entries)
            dropped = max(0, len(self._rows) - self._limits.queue_rows)
            for _ in range(dropped):
                self._rows.popleft()
            if len(self._rows) >= self._limits.batch_rows:
                self._wake.notify()
        if dropped:
            self._count("dropped", dropped)

    def stop(self, seconds: float) -> None:
        """Write what is queued, for at most `seconds`; what cannot be written is counted."""
        with self._wake:
            self._stopping = True
            self._stop_at = time.monotonic() + seconds
            self._retry_at = 0.0
            self._wake.notify()
        self._thread.join(seconds)
        with self._wake:
            left = len(self._rows) + (self._pending[2] if self._pending else 0)
            self._rows.clear()
        if left:
            self._count("dropped", left)
            LOGGER.error("%d rows of the prediction log could not be written at the end", left)

    def clean(self, today: datetime) -> int:
        """Delete the days that are older than the retention; return the number of files.

        Two workers that do it at the same time do no harm: a file that is gone is no error.
        """
        oldest = (today - timedelta(days=self._limits.retention_days)).strftime("%Y-%m-%d")
        days = ((key, *key.partition("/")[:2]) for key in self._storage.list())
        old = [key for key, day, below in days if below and _is_day(day) and day < oldest]
        for key in old:
            self._storage.delete(key)
        return len(old)

    def _run(self) -> None:
        while not self._finished():
            with self._wake:
                self._wake.wait_for(self._due, min(TICK_SECONDS, self._limits.batch_seconds))
                due = self._due()
            if due:
                self._write_batch()
            if time.monotonic() >= self._clean_at and not self._stopping:
                self._clean_at = time.monotonic() + RETENTION_INTERVAL_SECONDS
                self._clean_quietly()

    def _finished(self) -> bool:
        if not self._stopping:
            return False
        return time.monotonic() >= self._stop_at or not (self._rows or self._pending)

    def _due(self) -> bool:
        """Return whether a batch is to be written now."""
        now = time.monotonic()
        if now < self._retry_at:
            return False
        if self._stopping or self._pending is not None:
            return True
        full = len(self._rows) >= self._limits.batch_rows
        return full or (bool(self._rows) and now - self._oldest >= self._limits.batch_seconds)

    def _write_batch(self) -> None:
        """Write the batch that failed before, else the next one."""
        self._pending = self._pending or self._take_batch()
        if self._pending is None:
            return
        key, data, rows = self._pending
        try:
            self._storage.write(key, data)
        except Exception as error:
            self._count("failure", 1)
            if not self._retry_seconds:
                LOGGER.error("the prediction log cannot be written: %s", error)
            self._retry_seconds = min(max(1.0, self._retry_seconds * 2), LONGEST_RETRY_SECONDS)
            wait = LAST_RETRY_SECONDS if self._stopping else self._retry_seconds
            self._retry_at = time.monotonic() + wait
            return
        self._pending = None
        self._retry_seconds = 0.0
        self._count("written", rows)

    def _take_batch(self) -> tuple[str, bytes, int] | None:
        """Take the oldest rows of one day as key, bytes and number of rows; None without rows."""
        taken: list[Entry] = []
        with self._wake:
            while self._rows and len(taken) < self._limits.batch_rows:
                if taken and _day(self._rows[0]) != _day(taken[0]):
                    break
                taken.append(self._rows.popleft())
            self._oldest = time.monotonic()
        if not taken:
            return None
        lines = "".join(json.dumps(row, allow_nan=False) + "\n" for row in taken)
        return _key(str(taken[0]["time"])), lines.encode(), len(taken)

    def _clean_quietly(self) -> None:
        try:
            deleted = self.clean(datetime.now(UTC))
        except Exception as error:
            LOGGER.error("old predictions cannot be deleted: %s", error)
            return
        if deleted:
            LOGGER.info("deleted %d files of predictions that were too old", deleted)


def _day(entry: Entry) -> str:
    return str(entry["time"])[:10]


def _key(moment: str) -> str:
    """Return a key such as `2026-01-31/142501.000123-77-5f0c6d1e.jsonl`."""
    day, _, clock = moment.partition("T")
    compact = clock.partition("+")[0].replace(":", "")
    return f"{day}/{compact}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"


def _is_day(text: str) -> bool:
    try:
        return f"{datetime.strptime(text, '%Y-%m-%d').replace(tzinfo=UTC):%Y-%m-%d}" == text
    except ValueError:
        return False
