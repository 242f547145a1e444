"""A marker is the hidden first line of a comment of ours, by which we find it again.

It depends on no heading, stack or platform name: these change. It holds digits, small letters and
hexadecimal only, so that nothing in it can end the HTML comment early.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

LONGEST = 240
"""Characters of a marker and its line end, at most."""

_MARKER = re.compile(
    r"<!-- stackwright:diff:v1 key=(?P<key>[0-9a-f]{16}) part=(?P<part>\d{1,6})"
    r" head=(?P<head>[0-9a-f]{7,64}|none) stamp=(?P<stamp>\d{1,24})(?P<outdated> outdated)? -->"
    r"(?:\r?\n|\Z)"
)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Run:
    """The run that writes; by it an older run is kept from writing over a newer one."""

    key: str
    """Of the blueprint, by `key_of`."""
    head: str
    """Commit that the comment is about; empty where none is known."""
    stamp: int = 0
    """Grows from run to run of the same pipeline; 0 outside of one, where there is no order."""
    outdated: bool = False
    """Whether what it writes is marked as outdated, in the first part."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What the first line of a comment of ours says."""

    key: str
    part: int
    """From 1."""
    head: str
    """Empty where none was known."""
    stamp: int
    outdated: bool = False

    def __str__(self) -> str:
        words = f"key={self.key} part={self.part} head={self.head or 'none'} stamp={self.stamp}"
        return f"<!-- stackwright:diff:v1 {words}{' outdated' if self.outdated else ''} -->"


def key_of(blueprint: str) -> str:
    """Return the key of a blueprint.

    Args:
        blueprint: What tells it from the others of its repository, as its path does. It comes
            from who runs the job, never from the diff.
    """
    return hashlib.sha256(blueprint.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def signed(run: Run, part: int, text: str) -> str:
    """Return the body of a comment: the marker, then the text."""
    head = run.head if _COMMIT.fullmatch(run.head) else ""
    marker = Marker(run.key, part, head, run.stamp, run.outdated and part == 1)
    return f"{marker}\n{text}"


def read(body: str) -> tuple[Marker, str] | None:
    """Return the marker of a comment and the text below it; None where it has no marker."""
    found = _MARKER.match(body)
    if found is None:
        return None
    head = found["head"]
    marker = Marker(
        key=found["key"],
        part=int(found["part"]),
        head="" if head == "none" else head,
        stamp=int(found["stamp"]),
        outdated=bool(found["outdated"]),
    )
    return marker, body[found.end() :]


def same(text: str) -> str:
    """Return a text without what forges change: line ends, and blanks around it."""
    return text.replace("\r\n", "\n").strip()
