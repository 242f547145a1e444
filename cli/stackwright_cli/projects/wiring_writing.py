"""Writes one file of a folder whole: staged in private, then moved over the old one."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli.staging_place import remove_abandoned, staging_folder

_MODE = 0o644


def place_file(folder: Path, name: str, text: str) -> bool:
    """Write a file of a folder, or leave it as it was; return whether anything changed.

    The folder is made when it is missing; the one above it is there. An existing file keeps its
    mode. A killed run leaves its staging folder beside `folder`; the next run removes it.

    Raises:
        InputError: Something other than a file is in the way, or another run is writing there.
        StackwrightError: The system refuses; nothing is left behind.
    """
    target, content = folder / name, text.encode("utf-8")
    _refuse_all_but(folder, stat.S_ISDIR, "a folder")
    mode = _refuse_all_but(target, stat.S_ISREG, "a regular file")
    try:
        if mode is not None and target.read_bytes() == content:
            remove_abandoned(folder)
            return False
        with staging_folder(folder) as staging:
            if folder.is_dir():
                _write(staging / name, content, _MODE if mode is None else stat.S_IMODE(mode))
                (staging / name).replace(target)
            else:
                new = staging / "new"
                new.mkdir()
                new.chmod(0o755)
                _write(new / name, content, _MODE)
                new.rename(folder)
    except OSError as error:
        place = error.filename2 or error.filename or target
        raise StackwrightError(f"{place}: cannot be written: {error.strerror}") from error
    return True


def _refuse_all_but(path: Path, is_wanted: Callable[[int], bool], wanted: str) -> int | None:
    """Return the mode of what is at a path; None when nothing is."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StackwrightError(f"{path}: cannot be read: {error.strerror}") from error
    if not is_wanted(mode):
        found = "a link, and links are not followed" if stat.S_ISLNK(mode) else "something else"
        raise InputError([Problem(f"this is {found}; {wanted} is expected.", str(path))])
    return mode


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
