"""Decides what has to be written, changed and deleted so that our comment is as it should be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackwright_cli.forge.marker import Marker, Run, read, same, signed
from stackwright_cli.forge.protocol import Message


@dataclass(frozen=True, slots=True)
class Found:
    """A comment of ours."""

    message: Message
    marker: Marker
    text: str
    """Below the marker, as it is now."""


@dataclass(frozen=True, slots=True)
class Create:
    """Write a part that is missing."""

    part: int
    body: str


@dataclass(frozen=True, slots=True)
class Update:
    """Replace the text of a part."""

    part: int
    message: int
    body: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a part that is not needed any more, or that is there twice."""

    message: int


def ours(messages: Iterable[Message], author: str, key: str) -> tuple[Found, ...]:
    """Return our comments about one blueprint, the oldest first.

    Args:
        messages: All of a pull request, each once or more often.
        author: Who we are; a marker of anyone else is a copy.
        key: Of the blueprint.
    """
    found: dict[int, Found] = {}
    for message in messages:
        signature = read(message.body) if message.author == author else None
        if signature is not None and signature[0].key == key:
            found[message.id] = Found(message, *signature)
    return tuple(found[number] for number in sorted(found))


def steps(
    found: Sequence[Found], texts: Sequence[str], run: Run
) -> tuple[Create | Update | Delete, ...]:
    """Return what is to be done, deletions last; nothing where all is as it should be.

    Of a part that is there twice the oldest stays: two runs that look at the same time decide
    alike.

    Args:
        found: Our comments, the oldest first.
        texts: What the parts should say, in order.
        run: Who writes.
    """
    kept: dict[int, Found] = {}
    for one in found:
        kept.setdefault(one.marker.part, one)
    wanted = dict(enumerate(texts, start=1))
    changes: list[Create | Update] = []
    for part, text in wanted.items():
        there = kept.get(part)
        if there is None:
            changes.append(Create(part, signed(run, part, text)))
        elif not _is_fine(there, text, run):
            changes.append(Update(part, there.message.id, signed(run, part, text)))
    keep = {there.message.id for part, there in kept.items() if part in wanted}
    surplus = (one.message.id for one in found if one.message.id not in keep)
    return (*changes, *map(Delete, surplus))


def newest(found: Iterable[Found], head: str) -> int:
    """Return the highest stamp of the comments about a commit; 0 when there is none."""
    return max((one.marker.stamp for one in found if one.marker.head == head), default=0)


def _is_fine(there: Found, text: str, run: Run) -> bool:
    """Tell whether a part stays untouched: the first also says which commit it is about."""
    marker = there.marker
    if same(there.text) != same(text) or marker.outdated != (run.outdated and marker.part == 1):
        return False
    return marker.part > 1 or marker.head == run.head
