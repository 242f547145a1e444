"""A report in parts: complete messages, each under the limit of a forge, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from stackwright.blueprint.shown import listed
from stackwright.report.diff.sections import MORE, Block, Section, render
from stackwright.report.words import plural

GITHUB_BYTES = 60_000
"""GitHub states 65,536 characters for a comment and refuses 262,145 bytes (measured in 2026-09,
issue 18826 of objectstack-ai/objectstack); this is below both in any script."""

GITLAB_BYTES = 900_000
"""GitLab takes 1,000,000 characters in a note; some of its versions 1 MiB."""

CHECK_BYTES = 65_000
"""GitHub takes 65,535 characters in the summary and in the text of a check run."""

SUMMARY_BYTES = 1_000_000
"""GitHub takes 1 MiB in the summary of a job's step."""

LEAST = 20_000
"""Bytes of the smallest limit; verdict and footer take half of it when every character of their
texts is escaped."""

MOST = 5
"""Parts of one report unless told otherwise."""

_MOST_NAMED = 6
"""Sections that the line of what is left out names."""

_LEFT_OUT_BYTES = 600
"""What the last line may take: the names of `_MOST_NAMED` units are short and our own."""

_NOTE_BYTES = 200
"""What the line may take by which a section says that it was shortened."""

_SMALL = 0.25
"""Share of a part up to which a section is not torn; the more, the more room is lost."""

_FILLED = 0.9
"""Share of all parts that what is shown may take; the rest is lost where sections end."""

_SEPARATOR = "\n\n"


@dataclass(slots=True)
class _Part:
    pieces: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, text: str) -> None:
        """Add a text that takes room; what is kept has room of its own."""
        self.pieces.append(text)
        self.size += _size(text)


def parts(
    sections: Sequence[Section], limit: int, header: str = "", *, most: int = MOST
) -> list[str]:
    """Return the messages that show `sections`.

    The first begins with the first section, which tells verdict and totals; a section that does
    not fit goes on in the next one, torn only between blocks. Where `most` messages do not take
    all, the largest folds are shortened, each says so, and the last message counts what is left
    out. Equal arguments give equal messages.

    Args:
        sections: What to show, in this order; those that are `kept` are never left out.
        limit: UTF-8 bytes of a message, at least `LEAST`.
        header: What stands on top of each message, such as a hidden line; complete Markdown of
            at most 1,000 bytes.
        most: How many messages at most, at least 1.

    Raises:
        ValueError: The limit or `most` is too small.
    """
    if limit < LEAST or most < 1:
        raise ValueError(f"a part has at least {LEAST} bytes, and there is at least one")
    packing = _Packing(limit - _reserved(sections, header, most), most)
    body = sections[:-1] if sections and sections[-1].kept else sections
    for section in _shared_out(body, packing):
        packing.place(section)
    packing.tell_left_out()
    for section in sections[len(body) :]:
        packing.place(section)
    total = len(packing.parts)
    return [
        _SEPARATOR.join([*_top(header, number, total), *part.pieces]) + "\n"
        for number, part in enumerate(packing.parts, 1)
    ]


class _Packing:
    """Fills part after part; once none is left, what does not fit is only counted."""

    def __init__(self, room: int, most: int) -> None:
        self.room = room
        self.most = most
        self.parts = [_Part()]
        self.left_out: dict[str, int] = {}

    def place(self, section: Section) -> None:
        """Put a section where it fits whole, else piece by piece."""
        whole = render(section)
        if section.kept:
            self.parts[-1].pieces.append(whole)
        elif self._fits(whole) or (_size(whole) <= self.room * _SMALL and self._opened()):
            self.parts[-1].add(whole)
        else:
            self._place_pieces(section)

    def tell_left_out(self) -> None:
        """Say in the last part, in one line, what no part shows."""
        if self.left_out:
            told = [plural(unit, count) for unit, count in self.left_out.items()]
            rest = len(told) - _MOST_NAMED
            if rest > 0:
                told = [*told[:_MOST_NAMED], "more"]
            self.parts[-1].pieces.append(
                f"**Left out:** {listed(told, 'and')}. `{MORE}` shows all."
            )

    def _place_pieces(self, section: Section) -> None:
        blocks, continued = list(section.blocks), False
        while blocks:
            free = self.room - self.parts[-1].size
            count = _how_many(section, blocks, free, continued=continued)
            if count:
                text = render(section, blocks[:count], continued=continued)
                self.parts[-1].add(text)
                blocks, continued = blocks[count:], True
            elif not _how_many(section, blocks, self.room, continued=continued):
                self.leave_out(section, blocks[:1])
                blocks = blocks[1:]
            elif not self._opened():
                self.leave_out(section, blocks)
                break

    def leave_out(self, section: Section, blocks: Iterable[Block]) -> int:
        """Count blocks as left out; return how many units they stand for."""
        told = sum(block.count for block in blocks)
        self.left_out[section.unit] = self.left_out.get(section.unit, 0) + told
        return told

    def _fits(self, text: str) -> bool:
        return self.parts[-1].size + _size(text) <= self.room

    def _opened(self) -> bool:
        """Open another part, unless there are as many as there may be."""
        if len(self.parts) == self.most:
            return False
        self.parts.append(_Part())
        return True


def _shared_out(sections: Sequence[Section], packing: _Packing) -> list[Section]:
    """Return the sections, the largest folds shortened until all of them find room.

    Each tool has its share then, and no large one keeps the others out.
    """
    sizes = {place: _size(render(one)) for place, one in enumerate(sections) if not one.kept}
    folded = {place: size for place, size in sizes.items() if sections[place].folded}
    room = int(packing.room * packing.most * _FILLED) - sum(sizes.values()) + sum(folded.values())
    level = _level(sorted(folded.values()), room)
    return [
        _first(section, level, packing) if folded.get(place, 0) > level else section
        for place, section in enumerate(sections)
    ]


def _level(sizes: Sequence[int], room: int) -> int:
    """Return the size that each of `sizes`, in order, may have for all to fit into `room`."""
    for place, size in enumerate(sizes):
        if size * (len(sizes) - place) > room:
            return max(0, room) // (len(sizes) - place)
        room -= size
    return max(sizes, default=0)


def _first(section: Section, free: int, packing: _Packing) -> Section:
    """Return a section with as many of its first blocks as fit, at least one."""
    count = max(1, _how_many(section, section.blocks, free - _NOTE_BYTES, continued=False))
    told = packing.leave_out(section, section.blocks[count:])
    note = f"{plural(section.unit, told)} left out here: `{MORE}` shows all." if told else ""
    return replace(section, blocks=section.blocks[:count], outro=note)


def _how_many(section: Section, blocks: Sequence[Block], free: int, *, continued: bool) -> int:
    """Return how many of the first blocks fit into `free` bytes."""
    size = _size(render(section, (), continued=continued))
    for count, block in enumerate(blocks):
        size += _size(block.text)
        if size > free:
            return count
    return len(blocks)


def _reserved(sections: Iterable[Section], header: str, most: int) -> int:
    """Return the bytes that the top of a part, what is kept, and the last line take at most."""
    top = sum(_size(text) for text in _top(header, most, most + 1))
    kept = sum(_size(render(section)) for section in sections if section.kept)
    return top + kept + _LEFT_OUT_BYTES


def _top(header: str, number: int, total: int) -> list[str]:
    where = "" if number == 1 else " The verdict is in part 1."
    which = f"**Part {number} of {total}.**{where}" if total > 1 else ""
    return [text for text in (header, which) if text]


def _size(text: str) -> int:
    """Return the bytes of `text` and of what separates it from the next."""
    return len(text.encode()) + len(_SEPARATOR)
