"""A folder is written whole or not at all, and never over what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackwright.errors import InputError, StackwrightError
from stackwright_cli.staging import write_folder

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
