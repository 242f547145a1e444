"""Staging: a folder of new files is written beside its place, then moved there whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli.staging_place import remove_abandoned, staging_folder


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One file of a folder that is made whole."""

    content: bytes
    mode: int = 0o644
    """Permission bits, whatever the umask."""


def create_folder(folder: Path, files: Mapping[str, StagedFile]) -> None:
    """Make a new folder with every file, or nothing at all.

    The folder gets mode 0755, as do those in it. Folders above it that are missing are made by
    the same single rename.

    Args:
        folder: Where to; it does not exist, or is an empty folder that can be replaced.
        files: Relative path -> file.

    Raises:
        InputError: Something else is at `folder`, or another run is making it.
        StackwrightError: The system refuses; nothing is left behind.
    """
    require_vacant(folder)
    folder = _without_dots(folder)
    try:
        # What is moved is the highest folder that is missing, or `folder` itself.
        top = next((p for p in reversed(folder.parents) if not os.path.lexists(p)), folder)
        with staging_folder(top) as staging:
            new = staging / "new"
            root = new / folder.relative_to(top)
            root.parent.mkdir(parents=True, exist_ok=True)
            _write_files(root, files)
            new.rename(top)
    except OSError as error:
        raise _refused(folder, error) from error


def require_vacant(folder: Path) -> None:
    """Refuse a place where no new folder can be moved to.

    Raises:
        InputError: Something is there that is no empty folder, or cannot be replaced.
    """
    place = _without_dots(folder)
    found = _occupied(place)
    if found:
        # What is there may be the work of a run that was killed before it had tidied up.
        remove_abandoned(place, *place.parents)
        hint = "Name a folder that does not exist, or an empty one."
        raise InputError([Problem(f"{found}.", file=str(folder), hint=hint)])


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
        with staging_folder(folder) as staging:
            new = staging / "new"
            _write(new, files)
            _move(new, folder, files)
    except OSError as error:
        raise _refused(folder, error) from error


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


def _refused(folder: Path, error: OSError) -> StackwrightError:
    place = error.filename2 or error.filename or folder
    return StackwrightError(f"{place}: cannot be written: {error.strerror}")


def _without_dots(folder: Path) -> Path:
    """Return a path without `..`, so that each folder above it has the name that it shows."""
    if ".." not in folder.parts:
        return folder
    return folder.resolve() if folder.name == ".." else folder.parent.resolve() / folder.name


def _occupied(folder: Path) -> str:
    """Return what is at a place that a new folder cannot take; empty when it is vacant."""
    above = next((path for path in folder.parents if os.path.lexists(path)), None)
    if above is not None and not above.is_dir():
        return f"{above} is no folder"
    if not os.path.lexists(folder):
        return ""
    reasons: Mapping[str, Callable[[], bool]] = {
        "this is a link, and links are not followed": folder.is_symlink,
        "this is no folder": lambda: not folder.is_dir(),
        "this folder is not empty, and nothing is overwritten": lambda: any(folder.iterdir()),
        "this is the working directory, which cannot be replaced": lambda: folder.samefile("."),
        "this is a mount point, which cannot be replaced": lambda: os.path.ismount(folder),
    }
    return next((reason for reason, holds in reasons.items() if holds()), "")


def _write_files(root: Path, files: Mapping[str, StagedFile]) -> None:
    folders = {root}
    _make(root)
    for name, file in files.items():
        path = root / name
        for above in reversed([p for p in path.parents if root in p.parents]):
            if above not in folders:
                _make(above)
                folders.add(above)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            os.fchmod(descriptor, file.mode)
            target.write(file.content)


def _make(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)


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


def _move(new: Path, folder: Path, files: Mapping[str, str]) -> None:
    if not folder.exists():
        # No file of a platform is a script, so the umask gives the folder its usual mode.
        new.rename(folder)
        return
    moved: list[Path] = []
    try:
        for name in files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            # A link, unlike a rename, fails when somebody made the file in the meantime.
            path.hardlink_to(new / name)
            moved.append(path)
    except OSError:
        for path in moved:
            with suppress(OSError):
                path.unlink()
        raise
