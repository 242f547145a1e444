"""The source of a blueprint: bytes of a regular file, of bounded size, as clean text."""

from __future__ import annotations

import difflib
import errno
import os
import re
import stat
from pathlib import Path

from stackwright.blueprint.shown import shown_source
from stackwright.errors import BlueprintError, Problem

MAX_BYTES = 1024 * 1024
"""Largest file that is read, in bytes: a blueprint of 1,000 keys is about 30 KiB."""

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""Characters that no text file needs: controls, Unicode line breaks, lone surrogates."""

_NO_REGULAR_FILE = (
    (stat.S_ISDIR, "is a directory"),
    (stat.S_ISFIFO, "is a pipe"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
    (stat.S_ISSOCK, "is a socket"),
)


def content(path: Path) -> bytes:
    """Return the bytes of the file at `path`; nothing but a regular file is opened.

    Raises:
        BlueprintError: It is missing, no regular file, not readable, or over `MAX_BYTES`.
    """
    try:
        _require_regular(path, path.stat().st_mode)
        # A pipe put in the file's place after the check must not make the open wait.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            _require_regular(path, os.fstat(stream.fileno()).st_mode)
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refusal(str(path), *_reason(path, error)) from None
    _require_size(len(data), str(path))
    return data


def decoded(text: str | bytes, file: str) -> str:
    """Return `text` without a byte order mark, checked for size, encoding and characters.

    Raises:
        BlueprintError: It is over `MAX_BYTES`, is not UTF-8, or holds a forbidden character.
    """
    _require_size(len(text), file)
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _refusal(file, f"the file is not UTF-8: byte {error.start} is wrong.") from None
    text = text.removeprefix("\ufeff")
    found = FORBIDDEN.search(text)
    if found:
        raise _refusal(file, *_character(found[0]), *place(text, found.start()))
    return text


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of the character at `offset`."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _require_size(size: int, file: str) -> None:
    if size > MAX_BYTES:
        raise _refusal(file, f"the file is over the limit of {MAX_BYTES} bytes (1 MiB).")


def _require_regular(path: Path, mode: int) -> None:
    for test, sentence in _NO_REGULAR_FILE:
        if test(mode):
            raise _refusal(str(path), f"the path {sentence}; a regular file is expected.")


def _reason(path: Path, error: OSError | ValueError) -> tuple[str, str]:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.ENOENT:
        return "there is no such file.", _nearest_name(path)
    if code in {errno.EACCES, errno.EPERM}:
        return f"reading the file is not permitted{_mode(path)}.", ""
    if code == errno.ELOOP:
        return "the path is a loop of symbolic links.", ""
    if code == errno.ENOTDIR:
        return "a part of the path is a file and not a folder.", ""
    cause = error.strerror if isinstance(error, OSError) else str(error)
    return f"the file cannot be read: {cause}.", ""


def _nearest_name(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"There is no folder {shown_source(str(path.parent))} either."
    matches = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean {shown_source(matches[0])}?" if matches else ""


def _mode(path: Path) -> str:
    try:
        return f" (its mode is {stat.filemode(path.stat().st_mode)})"
    except OSError:
        return ""


def _character(character: str) -> tuple[str, str]:
    hint = "A file in UTF-16 looks like this; save it as UTF-8." if character == "\0" else ""
    return f"the file holds the character U+{ord(character):04X}, which is not allowed.", hint


def _refusal(
    file: str, message: str, hint: str = "", line: int = 0, column: int = 0
) -> BlueprintError:
    problem = Problem(message, file, line, column, hint=hint)
    return BlueprintError([problem])
