"""A folder holds the files of the last answer, and never loses what a user put there."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackwright.errors import InputError
from stackwright_cli.owned_folder import INDEX, replace_folder

FIRST = {"install.sh": "1\n", "platform/tracking.yaml": "1\n", "old/gone.yaml": "1\n"}
SECOND = {"install.sh": "2\n", "platform/tracking.yaml": "2\n"}


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != INDEX
    }


@pytest.mark.parametrize("made", [True, False])
def test_a_second_answer_leaves_nothing_of_the_first(made: bool, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    if made:
        folder.mkdir()
    replace_folder(folder, FIRST)
    assert tree(folder) == FIRST
    replace_folder(folder, SECOND)
    assert tree(folder) == SECOND
    assert not (folder / "old").exists()
    assert list(tmp_path.iterdir()) == [folder]


def test_what_a_user_put_there_stays(tmp_path: Path) -> None:
    replace_folder(tmp_path, FIRST)
    (tmp_path / "old" / "mine.yaml").write_text("mine\n", encoding="utf-8")
    replace_folder(tmp_path, SECOND)
    assert tree(tmp_path) == {**SECOND, "old/mine.yaml": "mine\n"}


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds files that were not written here"):
        replace_folder(tmp_path, FIRST)
    assert tree(tmp_path) == {"notes.txt": "mine\n"}


def test_a_file_of_the_user_is_not_overwritten(tmp_path: Path) -> None:
    replace_folder(tmp_path, {"a.yaml": "1\n"})
    (tmp_path / "install.sh").write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        replace_folder(tmp_path, {"a.yaml": "2\n", "install.sh": "2\n"})
    assert [problem.file for problem in caught.value.problems] == [str(tmp_path / "install.sh")]
    assert tree(tmp_path) == {"a.yaml": "1\n", "install.sh": "mine\n"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="this is no folder"):
        replace_folder(place, FIRST)
    assert place.read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize("name", ["../mine.txt", "link/mine.txt"])
def test_an_index_cannot_remove_what_is_outside(name: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine\n", encoding="utf-8")
    folder = tmp_path / "out"
    replace_folder(folder, FIRST)
    (folder / "link").symlink_to(tmp_path, target_is_directory=True)
    with (folder / INDEX).open("a", encoding="utf-8") as index:
        index.write(f"{name}\n{tmp_path / 'mine.txt'}\n")
    replace_folder(folder, SECOND)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine\n"


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = tmp_path / "out"
    replace_folder(folder, {"install.sh": "1\n"})
    (folder / "platform").symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(InputError, match="a link or a file stands"):
        replace_folder(folder, SECOND)
    assert list(elsewhere.iterdir()) == []


def test_writing_again_completes_what_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_folder(tmp_path, FIRST)
    with monkeypatch.context() as patch:
        patch.setattr("stackwright_cli.owned_folder._remove", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            replace_folder(tmp_path, SECOND)
    replace_folder(tmp_path, SECOND)
    assert tree(tmp_path) == SECOND


def _interrupt(folder: Path, name: str) -> None:
    raise KeyboardInterrupt
