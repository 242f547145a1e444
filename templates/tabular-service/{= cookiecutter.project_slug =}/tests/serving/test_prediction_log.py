import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from {= cookiecutter.package_name =}.serving.prediction_log import (
    LogLimits,
    PredictionLog,
)

Wait = Callable[[Callable[[], bool]], None]


class Counted:
    def __init__(self) -> None:
        self.numbers = {"written": 0, "dropped": 0, "failure": 0}

    def __call__(self, name: str, number: int) -> None:
        self.numbers[name] += number


@pytest.fixture
def counted() -> Counted:
    return Counted()


def entry(number: int, moment: str = "2026-01-31T12:00:00.000001+00:00") -> dict[str, Any]:
    return {"prediction_id": str(number), "time": moment}


def limits(rows: int = 10, seconds: float = 1000, queue: int = 100, days: int = 30) -> LogLimits:
    return LogLimits(rows, seconds, queue, days)


def numbers(shelf: Any) -> list[int]:
    return sorted(int(row["prediction_id"]) for row in shelf.rows())


def test_a_full_batch_is_written_at_once(shelf: Any, counted: Counted, wait_until: Wait) -> None:
    log = PredictionLog(shelf, limits(rows=3), counted)
    log.start()
    log.add([entry(number) for number in range(3)])
    wait_until(lambda: counted.numbers["written"] == 3)
    (key,) = shelf.objects
    assert key.startswith("2026-01-31/120000.000001-")
    assert key.endswith(".jsonl")
    assert numbers(shelf) == [0, 1, 2]
    log.stop(60)


def test_an_old_row_is_written_without_others(
    shelf: Any, counted: Counted, wait_until: Wait
) -> None:
    log = PredictionLog(shelf, limits(seconds=0.05), counted)
    log.start()
    log.add([entry(1)])
    wait_until(lambda: numbers(shelf) == [1])
    log.stop(60)


def test_the_end_writes_what_is_queued(shelf: Any, counted: Counted) -> None:
    log = PredictionLog(shelf, limits(), counted)
    log.start()
    log.add([entry(1), entry(2)])
    log.stop(60)
    assert numbers(shelf) == [1, 2]
    assert counted.numbers == {"written": 2, "dropped": 0, "failure": 0}


def test_rows_of_two_days_are_in_two_folders(shelf: Any, counted: Counted) -> None:
    log = PredictionLog(shelf, limits(), counted)
    log.start()
    log.add([entry(1, "2026-01-31T23:59:59.9+00:00"), entry(2, "2026-02-01T00:00:00.1+00:00")])
    log.stop(60)
    assert [key[:10] for key in shelf.list()] == ["2026-01-31", "2026-02-01"]


def test_a_storage_that_fails_drops_the_oldest_rows_and_counts_them(
    shelf: Any, counted: Counted, wait_until: Wait
) -> None:
    shelf.problem = OSError("no space")
    log = PredictionLog(shelf, limits(rows=2, queue=4), counted)
    log.start()
    log.add([entry(1), entry(2)])
    wait_until(lambda: counted.numbers["failure"] >= 1)
    log.add([entry(number) for number in range(3, 10)])
    shelf.problem = None
    log.stop(60)
    assert numbers(shelf) == [1, 2, 6, 7, 8, 9]
    assert counted.numbers["dropped"] == 3
    assert counted.numbers["written"] == 6


def test_a_write_that_arrived_and_failed_is_not_doubled(shelf: Any, counted: Counted) -> None:
    class Unsure:
        """Keeps the first object, and fails to say so."""

        def __init__(self) -> None:
            self.writes: list[str] = []

        def write(self, key: str, data: bytes) -> None:
            self.writes.append(key)
            shelf.write(key, data)
            if len(self.writes) == 1:
                raise TimeoutError

        def list(self, prefix: str = "") -> Any:
            return []

        def delete(self, key: str) -> None:
            raise AssertionError

    storage = Unsure()
    log = PredictionLog(storage, limits(), counted)
    log.start()
    log.add([entry(1)])
    log.stop(60)
    assert len(storage.writes) == 2
    assert numbers(shelf) == [1]


def test_rows_that_cannot_be_written_at_the_end_are_counted(shelf: Any, counted: Counted) -> None:
    shelf.problem = OSError("no space")
    log = PredictionLog(shelf, limits(), counted)
    log.start()
    log.add([entry(1), entry(2)])
    log.stop(0.3)
    assert counted.numbers["dropped"] == 2


def test_adding_never_waits_for_a_storage_that_hangs(counted: Counted) -> None:
    release = threading.Event()

    class Hanging:
        def write(self, key: str, data: bytes) -> None:
            assert release.wait(60)

        def list(self, prefix: str = "") -> Any:
            return []

        def delete(self, key: str) -> None:
            raise AssertionError

    log = PredictionLog(Hanging(), limits(rows=1, queue=2), counted)
    log.start()
    for number in range(100):
        log.add([entry(number)])
    assert counted.numbers["dropped"] >= 97
    release.set()
    log.stop(60)


def test_days_past_the_retention_are_deleted_and_nothing_else(shelf: Any, counted: Counted) -> None:
    kept = ["2026-01-02/a.jsonl", "2026-01-31/a.jsonl", "2026-02-30/a.jsonl", "notes.txt"]
    kept += ["2020-01-01-notes.txt", "2020-01-01", "2020-01-01.bak/a.jsonl", "2020-1-1/a.jsonl"]
    for key in [*kept, "2026-01-01/a.jsonl", "2026-01-01/b.jsonl", "2025-12-31/a.jsonl"]:
        shelf.objects[key] = b""
    log = PredictionLog(shelf, limits(days=30), counted)
    assert log.clean(datetime(2026, 2, 1, 0, 30, tzinfo=UTC)) == 3
    assert shelf.list() == sorted(kept)
