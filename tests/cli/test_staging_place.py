"""What is being made has one private place, and a killed run's is found and removed."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

import pytest

from stackwright.errors import InputError, StackwrightError
from stackwright_cli.staging import StagedFile, create_folder
from stackwright_cli.staging_place import PREFIX, staging_folder

STAGED = {"a.txt": StagedFile(b"a\n"), "deep/er/run": StagedFile(b"#!/bin/sh\n", 0o755)}


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / f"{PREFIX}new" / "new" / "deep"
    left.mkdir(parents=True)
    (left / "a.txt").write_text("half", encoding="utf-8")
    (tmp_path / f"{PREFIX}new" / "holder").write_text("1\n", encoding="utf-8")
    create_folder(tmp_path / "new", STAGED)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.usefixtures("umask")
def test_the_staging_folder_is_private_and_names_its_holder(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}new").mkdir(mode=0o755)
    with staging_folder(tmp_path / "new") as staging:
        assert staging == tmp_path / f"{PREFIX}new"
        assert stat.S_IMODE(staging.stat().st_mode) == 0o700
        assert (staging / "holder").read_text(encoding="ascii") == f"{os.getpid()}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("holder", "named"), [("4711\n", "process 4711"), ("", "another process")])
def test_two_runs_do_not_make_one_folder(holder: str, named: str, tmp_path: Path) -> None:
    staging = tmp_path / f"{PREFIX}new"
    staging.mkdir()
    (staging / "holder").write_text(holder, encoding="utf-8")
    held = os.open(staging, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with pytest.raises(InputError, match=f"{named} is writing to the same place"):
            create_folder(tmp_path / "new", STAGED)
        assert [path.name for path in tmp_path.rglob("*")] == [staging.name, "holder"]
    finally:
        os.close(held)
    create_folder(tmp_path / "new", STAGED)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_link_or_file_in_the_place_of_the_staging_folder_is_not_followed(
    kind: str, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine").write_text("mine\n", encoding="utf-8")
    staging = tmp_path / f"{PREFIX}new"
    if kind == "link":
        staging.symlink_to("other")
    else:
        staging.write_text("mine\n", encoding="utf-8")
    with pytest.raises(StackwrightError, match="cannot be written: "):
        create_folder(tmp_path / "new", STAGED)
    (kept,) = (tmp_path / "other").iterdir()
    assert kept.read_text(encoding="utf-8") == "mine\n"
    assert not (tmp_path / "new").exists()


def test_the_staging_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{PREFIX}new").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(InputError, match="another user's"):
        create_folder(tmp_path / "new", STAGED)
