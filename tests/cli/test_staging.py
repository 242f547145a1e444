"""A folder is written whole or not at all, and never over what is there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from stackwright.errors import InputError, StackwrightError
from stackwright_cli.staging import (
    StagedFile,
    create_folder,
    require_vacant,
    write_folder,
)

FILES = {"a.txt": "a\n", "deep/er/b.txt": "b\n"}


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_new_folder_holds_every_file_and_nothing_else(tmp_path: Path) -> None:
    write_folder(tmp_path / "new" / "er", FILES)
    assert tree(tmp_path) == {f"new/er/{name}": text for name, text in FILES.items()}


def test_a_new_folder_can_be_read_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    write_folder(tmp_path / "new", FILES)
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_folder_that_exists_keeps_its_files(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine\n", encoding="utf-8")
    write_folder(tmp_path, FILES)
    assert tree(tmp_path) == {"mine.txt": "mine\n", **FILES}


def test_nothing_is_written_when_a_file_exists(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "b.txt").write_text("mine\n", encoding="utf-8")
    (tmp_path / "a.txt").symlink_to("nowhere")
    with pytest.raises(InputError) as caught:
        write_folder(tmp_path, FILES)
    assert [problem.file for problem in caught.value.problems] == [
        str(tmp_path / "a.txt"),
        str(tmp_path / "deep" / "er" / "b.txt"),
    ]
    assert tree(tmp_path) == {"deep/er/b.txt": "mine\n"}


def test_a_link_in_the_place_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = tmp_path / "place"
    place.mkdir()
    (place / "deep").symlink_to(elsewhere)
    with pytest.raises(InputError, match="this is no folder"):
        write_folder(place, FILES)
    assert tree(elsewhere) == {}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="this is no folder"):
        write_folder(tmp_path / "new", FILES)
    assert tree(tmp_path) == {"new": "mine\n"}


def test_what_was_written_is_taken_back_when_the_system_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = Path.hardlink_to

    def refuse_second(self: Path, target: Path) -> None:
        if self.name == "b.txt":
            raise PermissionError(13, "Permission denied", str(self))
        link(self, target)

    monkeypatch.setattr(Path, "hardlink_to", refuse_second)
    with pytest.raises(StackwrightError, match=r"b\.txt: cannot be written: Permission denied"):
        write_folder(tmp_path, FILES)
    assert tree(tmp_path) == {}


STAGED = {"a.txt": StagedFile(b"a\n"), "deep/er/run": StagedFile(b"#!/bin/sh\n", 0o755)}


def modes(folder: Path) -> dict[str, str]:
    found = [folder, *sorted(folder.rglob("*"))]
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode)) for path in found}


@pytest.mark.usefixtures("umask")
def test_a_created_folder_has_its_modes_whatever_the_umask(tmp_path: Path) -> None:
    create_folder(tmp_path / "new", STAGED)
    assert modes(tmp_path / "new") == {
        ".": "0o755",
        "a.txt": "0o644",
        "deep": "0o755",
        "deep/er": "0o755",
        "deep/er/run": "0o755",
    }


def test_folders_above_a_created_one_are_made_with_it(tmp_path: Path) -> None:
    create_folder(tmp_path / "one" / "two" / "new", STAGED)
    assert tree(tmp_path) == {
        "one/two/new/a.txt": "a\n",
        "one/two/new/deep/er/run": "#!/bin/sh\n",
    }
    assert list(tmp_path.iterdir()) == [tmp_path / "one"]


def test_dots_in_a_path_are_followed_before_anything_is_made(tmp_path: Path) -> None:
    create_folder(tmp_path / "one" / ".." / "new", STAGED)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir(mode=0o700)
    create_folder(tmp_path / "new", STAGED)
    assert modes(tmp_path / "new")["."] == "0o755"
    assert len(tree(tmp_path)) == 2


def test_a_name_that_fills_the_file_system_can_be_made(tmp_path: Path) -> None:
    create_folder(tmp_path / ("x" * 255), STAGED)
    assert len(tree(tmp_path)) == 2


@pytest.mark.parametrize("kind", ["file", "folder", "link", "broken", "below", "here", "mount"])
def test_a_place_that_is_taken_is_refused_and_left_as_it_is(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    if kind in ("file", "below"):
        place.write_text("mine\n", encoding="utf-8")
    elif kind in ("link", "broken"):
        (tmp_path / "other").mkdir()
        place.symlink_to("other" if kind == "link" else "nowhere")
    else:
        place.mkdir()
    if kind == "folder":
        (place / "a").write_text("mine\n", encoding="utf-8")
    if kind == "here":
        monkeypatch.chdir(place)
    if kind == "mount":
        monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == place)
    said = {
        "file": "this is no folder",
        "folder": "this folder is not empty",
        "link": "this is a link",
        "broken": "this is a link",
        "below": "place is no folder",
        "here": "this is the working directory",
        "mount": "this is a mount point",
    }
    before = sorted(tmp_path.rglob("*"))
    wanted = place / "new" if kind == "below" else place
    with pytest.raises(InputError, match=said[kind]):
        require_vacant(wanted)
    with pytest.raises(InputError, match=said[kind]):
        create_folder(wanted, STAGED)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", ["fchmod", "rename", "mkdir", "chmod"])
def test_a_run_that_is_stopped_leaves_nothing(
    failure: BaseException, at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = os if at == "fchmod" else Path
    real = getattr(owner, at)

    def stop(place: object, *rest: object, **options: object) -> object:
        # The first call is for the staging folder, the others are for what is made in it.
        calls.append(place)
        if at == "rename" or len(calls) > 2:
            raise failure
        return real(place, *rest, **options)

    calls: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(owner, at, stop)
        expected = StackwrightError if isinstance(failure, OSError) else KeyboardInterrupt
        with pytest.raises(expected):
            create_folder(tmp_path / "one" / "new", STAGED)
    assert calls
    assert list(tmp_path.iterdir()) == []
    create_folder(tmp_path / "one" / "new", STAGED)


def test_a_folder_that_somebody_filled_in_the_meantime_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def fill_first(self: Path, target: Path) -> Path:
        target.mkdir()
        (target / "mine").write_text("mine\n", encoding="utf-8")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fill_first)
    with pytest.raises(StackwrightError, match="Directory not empty"):
        create_folder(tmp_path / "new", STAGED)
    assert tree(tmp_path) == {"new/mine": "mine\n"}
