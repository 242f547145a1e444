"""Retrainings pause between each other, never run at once, and a crash counts."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from {= cookiecutter.package_name =}.errors import AnswerNo, ProjectError
from {= cookiecutter.package_name =}.retraining.runs import (
    KEPT,
    LONGEST,
    Run,
    Runs,
)
from {= cookiecutter.package_name =}.storage import Storage

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
NO_PAUSE = timedelta()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path.as_uri())


def test_the_start_is_recorded_before_anything_is_done(storage: Storage) -> None:
    Runs(storage).begin(NOW, DAY)
    latest = Runs(storage).latest()
    assert latest is not None
    assert (latest.started, latest.ended, latest.process) == (NOW, None, os.getpid())


def test_the_pause_counts_from_the_last_start_also_in_a_new_process(storage: Storage) -> None:
    key, run = Runs(storage).begin(NOW, DAY)
    Runs(storage).end(key, run, NOW + timedelta(minutes=5), "promoted")
    with pytest.raises(AnswerNo, match="2026-11-22 10:00:00 UTC"):
        Runs(storage).begin(NOW + DAY - timedelta(seconds=1), DAY)
    Runs(storage).begin(NOW + DAY, DAY)


def test_the_pause_can_be_ignored(storage: Storage) -> None:
    key, run = Runs(storage).begin(NOW, DAY)
    Runs(storage).end(key, run, NOW, "failed")
    Runs(storage).begin(NOW, NO_PAUSE)


def test_a_second_one_is_refused_while_the_first_runs(storage: Storage) -> None:
    Runs(storage).begin(NOW, NO_PAUSE)
    with pytest.raises(AnswerNo, match="a retraining runs since"):
        Runs(storage).begin(NOW + timedelta(minutes=1), NO_PAUSE)


def test_of_many_that_start_at_once_one_runs(storage: Storage) -> None:
    def begin(_: int) -> bool:
        try:
            Runs(storage).begin(NOW, NO_PAUSE)
        except AnswerNo:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(begin, range(64))) == 1


def _crashed(storage: Storage, host: str) -> None:
    ended = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    ended.wait()
    run = Run(started=NOW, host=host, process=ended.pid, mark="0")
    storage.write("runs/00000001.json", run.data())


def test_a_crash_on_this_machine_counts_for_the_pause_but_blocks_no_longer(
    storage: Storage,
) -> None:
    _crashed(storage, os.uname().nodename)
    with pytest.raises(AnswerNo, match="the next may start"):
        Runs(storage).begin(NOW + timedelta(hours=1), DAY)
    Runs(storage).begin(NOW + timedelta(hours=1), NO_PAUSE)


def test_a_crash_elsewhere_blocks_until_it_is_taken_for_dead(storage: Storage) -> None:
    _crashed(storage, "another-host.invalid")
    with pytest.raises(AnswerNo, match=r"another-host\.invalid"):
        Runs(storage).begin(NOW + LONGEST - timedelta(seconds=1), NO_PAUSE)
    Runs(storage).begin(NOW + LONGEST, NO_PAUSE)


def test_old_records_are_removed(storage: Storage) -> None:
    for hour in range(KEPT + 5):
        key, run = Runs(storage).begin(NOW + timedelta(hours=hour), NO_PAUSE)
        Runs(storage).end(key, run, NOW, "promoted")
    keys = storage.list()
    assert len(keys) == KEPT
    assert keys[-1] == f"runs/{KEPT + 5:08d}.json"


def test_a_broken_record_is_an_error_that_names_it(storage: Storage) -> None:
    storage.write("runs/00000001.json", b"{")
    with pytest.raises(ProjectError, match=r"runs/00000001\.json"):
        Runs(storage).begin(NOW, NO_PAUSE)


def test_other_files_beside_the_record_do_not_matter(storage: Storage) -> None:
    storage.write("runs/notes.txt", b"x")
    Runs(storage).begin(NOW, NO_PAUSE)
