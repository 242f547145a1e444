"""Reads files that another job made, and that a stranger may have made: as data, and no more."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from stackwright.diff.codec import LARGEST_BYTES, from_json
from stackwright.diff.model import Diff
from stackwright.diff.preview.stream import LARGEST_BYTES as LARGEST_PREVIEW
from stackwright.diff.preview.stream import PreviewStream, read_preview
from stackwright.errors import InputError, Problem


def read_diff(path: Path) -> Diff:
    """Return the diff of a file that `stackwright diff --format json` wrote.

    Raises:
        InputError: It cannot be read, is too large, or is no diff of this version.
    """
    return from_json(_content(path, LARGEST_BYTES), str(path))


def read_stream(path: Path) -> PreviewStream:
    """Return the preview of a file that `stackwright preview --format json` wrote.

    Raises:
        InputError: It cannot be read, is too large, or is no preview of one environment.
    """
    return read_preview(_content(path, LARGEST_PREVIEW), str(path))


def _content(path: Path, most: int) -> bytes:
    """Return a file's bytes, one more than allowed at most, so that its reader sees the excess.

    An artifact may hold a link or a pipe where a file is expected: neither is opened.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _unreadable(path, "it is no regular file")
    with os.fdopen(descriptor, "rb") as file:
        return file.read(most + 1)


def _unreadable(path: Path, why: str) -> InputError:
    return InputError([Problem(f"it cannot be read: {why}.", file=str(path))])
