"""Files and folders appear whole or not at all."""

from pathlib import Path

import pytest

from {= cookiecutter.package_name =}.delivery.files import (
    replaced_folder,
    write_atomically,
)


def test_a_folder_is_replaced_by_what_was_made(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "old").touch()

    with replaced_folder(folder) as fresh:
        (fresh / "new").touch()

    assert [file.name for file in folder.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "old").touch()

    def fail_half_way() -> None:
        with replaced_folder(folder) as fresh:
            (fresh / "new").touch()
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        fail_half_way()

    assert [file.name for file in folder.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_atomically(file, "before\n")

    with pytest.raises(UnicodeEncodeError):
        write_atomically(file, "\ud800")

    assert file.read_text(encoding="utf-8") == "before\n"
    assert list(tmp_path.iterdir()) == [file]
