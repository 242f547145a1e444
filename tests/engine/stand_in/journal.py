"""The journal of a stand-in provider: what was called, one JSON line at each begin and end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from threading import Lock

BEGIN, END = "begin", "end"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a call begins, or ended well."""

    number: int
    """Of the call, from 1; begin and end of one call have the same."""
    moment: str
    package: str
    method: str
    urn: str = ""
    identity: str = ""
    """Id of what was made, read or deleted; empty in previews and when a call begins."""
    preview: bool = False


class Journal:
    """Writes entries; each is in the file when `write` returns."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._numbers = count(1)

    def number(self) -> int:
        """Return the number of the next call."""
        return next(self._numbers)

    def write(self, entry: Entry) -> None:
        """Add an entry at the end of the file."""
        if self._path is None:
            return
        line = json.dumps(asdict(entry)) + "\n"
        with self._lock, self._path.open("a", encoding="utf-8") as stream:
            stream.write(line)


def entries(path: Path) -> Iterator[Entry]:
    """Yield the entries of a journal; a line that is being written is left out."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                yield Entry(**json.loads(line))


def alive(path: Path) -> dict[str, list[str]]:
    """Return the ids of what was made and not deleted, by URN: what is in the cloud."""
    found: dict[str, list[str]] = {}
    for entry in entries(path):
        if entry.moment != END or entry.preview:
            continue
        if entry.method == "Create":
            found.setdefault(entry.urn, []).append(entry.identity)
        elif entry.method == "Delete" and entry.identity in found.get(entry.urn, ()):
            found[entry.urn].remove(entry.identity)
    return {urn: identities for urn, identities in found.items() if identities}
