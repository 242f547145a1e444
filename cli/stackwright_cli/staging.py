"""Staging: a folder of new files is written beside its place, then moved there whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from stackwright.errors import InputError, Problem, StackwrightError


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write every file or none; a folder that exists gets the files beside its own.

    Args:
        folder: Where to; made when it is missing.
        files: Relative path -> text.

    Raises:
        InputError: A file exists already; every one is listed and nothing is written.
        StackwrightError: The system refuses; nothing is left behind.
    """
    refuse_existing(folder, files)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            _write(staging, files)
            _move(staging, folder, files)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        place = error.filename2 or error.filename or folder
        raise StackwrightError(f"{place}: cannot be written: {error.strerror}") from error


def refuse_existing(folder: Path, files: Mapping[str, str]) -> None:
    """Refuse to write where something is.

    Raises:
        InputError: Something is at the path of a file, or stands where a folder must be.
    """
    problems = [
        Problem(f"{found}; nothing is overwritten.", file=str(path))
        for path, found in dict(_in_the_way(folder, files)).items()
    ]
    if problems:
        raise InputError(problems)


def _in_the_way(folder: Path, files: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    if os.path.lexists(folder) and not folder.is_dir():
        yield folder, "this is no folder"
        return
    for name in files:
        path = folder / name
        above = [parent for parent in path.parents if folder in parent.parents]
        wrong = [p for p in above if p.is_symlink() or (p.exists() and not p.is_dir())]
        if wrong:
            yield wrong[-1], "this is no folder"
        elif os.path.lexists(path):
            yield path, "this file exists"


def _write(staging: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _move(staging: Path, folder: Path, files: Mapping[str, str]) -> None:
    if not folder.exists():
        # The temporary folder is private; the platform's is like any other new folder.
        folder.mkdir()
        mode = folder.stat().st_mode
        folder.rmdir()
        staging.chmod(mode)
        staging.rename(folder)
        return
    moved: list[Path] = []
    try:
        for name in files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            # A link, unlike a rename, fails when somebody made the file in the meantime.
            path.hardlink_to(staging / name)
            moved.append(path)
    except OSError:
        for path in moved:
            with suppress(OSError):
                path.unlink()
        raise
