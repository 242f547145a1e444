"""Paths that a template may make: the same files on every system, all inside the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stackwright.blueprint.names import WINDOWS_DEVICE

_ALLOWED = re.compile(r"[^\x00-\x1f\x7f-\U0010ffff<>:\"/\\|?*]+")
"""What Windows, macOS and Linux all take in a name: visible ASCII but nine signs."""

_LONGEST = 255
"""Bytes of a name on the usual file systems."""


def segment_problem(segment: str) -> str:
    """Return what is wrong with one name of a path; empty when nothing is."""
    if segment in ("", ".", ".."):
        return "is no name"
    if not _ALLOWED.fullmatch(segment):
        return 'holds a sign that not every system takes (control, non-ASCII, < > : " / \\ | ? *)'
    if segment != segment.rstrip(". "):
        return "ends with a dot or a space"
    if re.search(WINDOWS_DEVICE.pattern, segment.partition(".")[0].rstrip(" ").lower()):
        return "is the name of a device on Windows"
    if len(segment) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    return ""


def clashes(paths: Iterable[str]) -> Iterator[str]:
    """Yield what keeps two of the paths from being files of one folder.

    On some systems capitals do not tell names apart, and a file cannot be a folder anywhere.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in sorted(paths):
        if path.lower() in files:
            yield f"{path} and {files[path.lower()]} differ in capitals only"
        files[path.lower()] = path
        parts = path.split("/")
        for count in range(1, len(parts)):
            folder = "/".join(parts[:count])
            before = folders.setdefault(folder.lower(), folder)
            if before != folder:
                yield f"{folder} and {before} differ in capitals only"
    for folder in sorted(set(files) & set(folders)):
        yield f"{files[folder]} is a file and a folder"
