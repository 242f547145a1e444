"""The files of a commit in a temporary folder, as git stores them.

They are written from git's objects: no filter, hook or submodule has a part in it, and the
repository does not know of the folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackwright.errors import InputError, Problem, StackwrightError

if TYPE_CHECKING:
    from stackwright_cli.diffing.git import Entry, Repository

_LINK = "120000"
_PROGRAM = "100755"
_SUBMODULE = "160000"


@contextmanager
def checked_out(repository: Repository, commit: str) -> Iterator[Path]:
    """Yield a private folder with every file of a commit, and remove it at the end.

    A submodule is an empty folder. A link that leads out of the folder is left out.

    Raises:
        InputError: The commit holds a path that no file may have.
        StackwrightError: Git fails, or there is no room for the files.
    """
    with temporary_folder() as folder:
        try:
            _write(repository, commit, folder)
        except OSError as error:
            raise StackwrightError(
                f"commit {commit[:12]} cannot be written to {folder.parent}: {error.strerror}."
                " Another folder can be named by the variable TMPDIR."
            ) from error
        yield folder


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a private folder and remove it at the end, also when the process is told to end."""
    folder = Path(tempfile.mkdtemp(prefix="stackwright-diff-")).resolve()
    try:
        with _ended_as_interrupted():
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _ended_as_interrupted() -> Iterator[None]:
    """Take SIGTERM, which a cancelled job gets, for Ctrl-C; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _write(repository: Repository, commit: str, folder: Path) -> None:
    entries = list(repository.entries(commit))
    _require_plain_paths(entries, commit)
    files = [entry for entry in entries if entry.mode != _SUBMODULE]
    # A link is made last, so that no file is written through one.
    files.sort(key=lambda entry: entry.mode == _LINK)
    for above in {(folder / entry.path).parent for entry in files}:
        above.mkdir(parents=True, exist_ok=True)
    for entry, content in zip(files, repository.contents(files), strict=True):
        if entry.mode == _LINK:
            (folder / entry.path).symlink_to(os.fsdecode(b"".join(content)))
        else:
            _write_file(folder / entry.path, content, entry.mode)
    _remove_links_that_lead_out(files, folder)


def _write_file(path: Path, content: Iterable[bytes], mode: str) -> None:
    permissions = 0o755 if mode == _PROGRAM else 0o644
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, permissions)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(content)


def _require_plain_paths(entries: Sequence[Entry], commit: str) -> None:
    for entry in entries:
        steps = entry.path.split("/")
        if any(step in ("", ".", "..") or step.lower() == ".git" for step in steps):
            message = f"commit {commit[:12]} holds the path {entry.path!r}, which no file may have."
            raise InputError([Problem(message)])


def _remove_links_that_lead_out(files: Sequence[Entry], folder: Path) -> None:
    links = [folder / entry.path for entry in files if entry.mode == _LINK]
    # Judged before any is removed, and by where a chain of links ends.
    out = [link for link in links if not Path(os.path.realpath(link)).is_relative_to(folder)]
    for link in out:
        link.unlink()
