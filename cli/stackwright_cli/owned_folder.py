"""An owned folder holds the files of one answer: writing the next answer removes what is stale.

An index in the folder names the files that were written there. Only these are ever replaced or
removed; a folder with other files in it and no index is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli import console
from stackwright_cli.staging import write_folder

INDEX = ".stackwright-files"
"""Names every file of the folder that was written here, a relative path on each line."""


def replace_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Make a folder hold `files`, and none of those that were written to it before.

    Args:
        folder: Where to; made when it is missing. Files that a user put into it stay.
        files: Relative path -> text.

    Raises:
        InputError: Something that was not written here is in the way; all of it is listed and
            nothing is changed.
        StackwrightError: The system refuses. Writing again completes what was begun.
    """
    if not os.path.lexists(folder):
        write_folder(folder, {**files, INDEX: _index(files)})
        return
    problems = [Problem(message, file=str(path)) for path, message in _in_the_way(folder, files)]
    if problems:
        raise InputError(problems)
    before = _owned(folder)
    # Until all is done the index names old and new files, so that another run can go on.
    console.write_file(folder / INDEX, _index([*before, *files]))
    for name, text in files.items():
        console.write_file(folder / name, text)
    for name in sorted(set(before) - set(files)):
        _remove(folder, name)
    console.write_file(folder / INDEX, _index(files))


def _index(names: Iterable[str]) -> str:
    return "".join(f"{name}\n" for name in sorted(set(names)))


def _owned(folder: Path) -> tuple[str, ...]:
    """Return what the index names, as far as it is inside the folder."""
    index = folder / INDEX
    if index.is_symlink() or not index.is_file():
        return ()
    names = index.read_text(encoding="utf-8", errors="replace").splitlines()
    return tuple(name for name in names if _is_inside(name))


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _in_the_way(folder: Path, files: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    if not folder.is_dir():
        yield folder, "this is no folder."
        return
    owned = _owned(folder)
    if any(folder.iterdir()) and not (folder / INDEX).is_file():
        yield folder, "this folder holds files that were not written here; name another."
        return
    for name in (*files, INDEX):
        path = folder / name
        if _above_is_link(folder, name):
            yield path, "a link or a file stands where a folder is needed."
        elif os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
            yield path, "this is no regular file."
        elif name != INDEX and name not in owned and path.exists():
            yield path, "this file was not written here, and is not overwritten."


def _above_is_link(folder: Path, name: str) -> bool:
    above = [folder / parent for parent in PurePosixPath(name).parents if parent.parts]
    return any(path.is_symlink() or (path.exists() and not path.is_dir()) for path in above)


def _remove(folder: Path, name: str) -> None:
    """Remove a file, and the folders that it leaves empty; a link above it is not followed."""
    path = folder / name
    if _above_is_link(folder, name) or path.is_dir():
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StackwrightError(f"{path}: cannot be removed: {error.strerror}") from error
    for above in path.parents:
        if above == folder:
            return
        with suppress(OSError):
            above.rmdir()
