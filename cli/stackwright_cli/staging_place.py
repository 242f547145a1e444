"""The staging place: one folder, `.stackwright-new-NAME`, private and locked while it is used.

What a killed run left in it is removed by the next run to the same place.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stackwright.errors import InputError, Problem

PREFIX = ".stackwright-new-"
"""Begin of the name of every staging folder; the name of what is made there follows."""

_HOLDER = "holder"
"""File in a staging folder with the process id of the run that holds it."""

_LONGEST = 200
"""Bytes of a name that a staging folder can repeat; a longer one is told by its digest."""


@contextmanager
def staging_folder(folder: Path) -> Iterator[Path]:
    """Yield the empty, private, locked staging folder for `folder`, and remove it at the end.

    Raises:
        InputError: Another run holds it; its process is named.
        OSError: The system refuses.
    """
    staging = _staging_of(folder)
    descriptor = _locked(staging)
    try:
        _empty(staging)
        (staging / _HOLDER).write_text(f"{os.getpid()}\n", encoding="ascii")
        yield staging
    finally:
        # Removed before it is unlocked, so that no other run is working in it.
        shutil.rmtree(staging, ignore_errors=True)
        os.close(descriptor)


def remove_abandoned(*folders: Path) -> None:
    """Remove the staging folder that a killed run left for each folder; one in use stays."""
    for folder in folders:
        staging = _staging_of(folder)
        with suppress(OSError, InputError):
            descriptor = os.open(staging, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                _lock(staging, descriptor)
                shutil.rmtree(staging)
            finally:
                os.close(descriptor)


def _staging_of(folder: Path) -> Path:
    name = folder.name
    if len(os.fsencode(name)) > _LONGEST:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return folder.parent / f"{PREFIX}{name}"


def _locked(staging: Path) -> int:
    """Make and lock a staging folder, or lock one that a killed run left; return the lock."""
    while True:
        made = _made(staging)
        try:
            descriptor = os.open(staging, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        except OSError:
            if made:
                _remove(staging)
            raise
        try:
            _lock(staging, descriptor)
            if _is_at(staging, descriptor):
                os.fchmod(descriptor, 0o700)
                return descriptor
        except BaseException as error:
            if made and not isinstance(error, InputError):
                _remove(staging)
            os.close(descriptor)
            raise
        # Its holder removed it in between.
        os.close(descriptor)


def _made(staging: Path) -> bool:
    try:
        staging.mkdir(mode=0o700)
    except FileExistsError:
        return False
    return True


def _remove(staging: Path) -> None:
    with suppress(OSError):
        staging.rmdir()


def _lock(staging: Path, descriptor: int) -> None:
    if os.fstat(descriptor).st_uid != os.geteuid():
        hint = "Ask its owner to remove it, or name another place."
        raise InputError([Problem("this folder is another user's.", str(staging), hint=hint)])
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = ""
        with suppress(OSError, UnicodeDecodeError):
            pid = (staging / _HOLDER).read_text(encoding="ascii").strip()
        holder = f"process {pid}" if pid.isdigit() else "another process"
        said = f"{holder} is writing to the same place."
        raise InputError([Problem(said, str(staging), hint="Wait until it is done.")]) from error


def _is_at(staging: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.lstat(staging), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _empty(staging: Path) -> None:
    for entry in list(os.scandir(staging)):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            Path(entry.path).unlink()
