"""Where in the user's own files something happened, without the frames of the SDK."""

from __future__ import annotations

import asyncio
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType, TracebackType

import pulumi

_FOREIGN = tuple(str(Path(file).parent) for file in (__file__, pulumi.__file__, asyncio.__file__))
"""Folders of this package, of the SDK and of asyncio."""

_STANDARD_LIBRARY = sysconfig.get_paths()["stdlib"]
_BOUNDARY = str(Path(__file__).with_name("recorder.py"))
"""Frames outside of this file belong to whoever records, not to the program."""


def here() -> tuple[str, int] | None:
    """Return file and line of the nearest caller that is no part of the SDK, or None."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != _BOUNDARY:
        if is_program_file(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def raised_at(error: BaseException) -> tuple[str, int] | None:
    """Return file and line of the innermost frame that raised and is no part of the SDK."""
    found = None
    for frame, line in _walk(error.__traceback__):
        if is_program_file(frame.f_code.co_filename):
            found = (frame.f_code.co_filename, line)
    return found


def registering(error: BaseException) -> tuple[str, str] | None:
    """Return type and name of the resource that the SDK was registering when it raised."""
    for frame, _ in _walk(error.__traceback__):
        if frame.f_code.co_name in ("do_register", "do_read"):
            known = frame.f_locals
            if "ty" in known and "name" in known:
                return known["ty"], known["name"]
    return None


def shown(place: tuple[str, int] | None, root_directory: str) -> str:
    """Return `file:line` relative to `root_directory`; only the file's name when outside it."""
    if place is None:
        return ""
    file = Path(place[0])
    root = Path(root_directory)
    name = file.relative_to(root) if file.is_relative_to(root) else file.name
    return f"{name}:{place[1]}"


@cache
def is_program_file(name: str) -> bool:
    """Tell whether a frame of the file `name` belongs to a program or to a component."""
    if name.startswith(("<", *_FOREIGN)):
        return False
    parts = Path(name).parts
    if name.startswith(_STANDARD_LIBRARY) and "site-packages" not in parts:
        return False
    return not any(part == "pulumi" or part.startswith("pulumi_") for part in parts)


def _walk(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
