"""One file of a folder is written whole, or left as it was."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from stackwright.errors import InputError, StackwrightError
from stackwright_cli.projects.wiring_writing import place_file


def test_the_folder_is_made_with_the_file(tmp_path: Path) -> None:
    assert place_file(tmp_path / "wiring", "dev.json", "{}\n")
    assert (tmp_path / "wiring/dev.json").read_text(encoding="utf-8") == "{}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["wiring"]


def test_a_new_folder_and_file_have_their_modes_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        place_file(tmp_path / "wiring", "dev.json", "{}\n")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "wiring").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "wiring/dev.json").stat().st_mode) == 0o644


def test_the_files_beside_it_and_its_mode_stay(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    (tmp_path / "prod.json").write_text("prod", encoding="utf-8")
    assert place_file(tmp_path, "dev.json", "new")
    assert file.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert (tmp_path / "prod.json").read_text(encoding="utf-8") == "prod"


def test_the_same_text_writes_nothing(tmp_path: Path) -> None:
    place_file(tmp_path, "dev.json", "a")
    before = (tmp_path / "dev.json").stat()
    assert not place_file(tmp_path, "dev.json", "a")
    assert (tmp_path / "dev.json").stat().st_ino == before.st_ino


@pytest.mark.parametrize("call", ["fchmod", "replace", "open"])
def test_a_call_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    folder = tmp_path / "wiring"
    folder.mkdir()
    (folder / "dev.json").write_text("old", encoding="utf-8")
    real = getattr(os, call)
    failed = []

    def fail(*args: object, **options: object) -> object:
        if "dev.json" in str(args[0]) or call == "fchmod":
            failed.append(args)
            raise OSError(28, "No space left on device", str(args[0]))
        return real(*args, **options)

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(StackwrightError, match="No space left"):
        place_file(folder, "dev.json", "new")
    assert failed
    assert (folder / "dev.json").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["wiring"]


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".stackwright-new-wiring"
    left.mkdir()
    (left / "dev.json").write_text("half", encoding="utf-8")
    place_file(tmp_path / "wiring", "dev.json", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["wiring"]


def test_two_runs_at_once_do_not_meet(tmp_path: Path) -> None:
    left = tmp_path / ".stackwright-new-wiring"
    left.mkdir()
    descriptor = os.open(left, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(InputError, match="is writing to the same place"):
            place_file(tmp_path / "wiring", "dev.json", "a")
    finally:
        os.close(descriptor)
    assert not (tmp_path / "wiring").exists()


@pytest.mark.parametrize(
    "put",
    [
        lambda file: file.mkdir(),
        lambda file: file.symlink_to("elsewhere"),
        os.mkfifo,
    ],
    ids=["folder", "link", "pipe"],
)
def test_what_is_no_file_is_not_replaced(tmp_path: Path, put: Callable[[Path], None]) -> None:
    put(tmp_path / "dev.json")
    with pytest.raises(InputError, match="a regular file is expected"):
        place_file(tmp_path, "dev.json", "a")
