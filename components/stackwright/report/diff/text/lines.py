"""Lines of a diff for a terminal: wrapped, cleaned and cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stackwright.blueprint.shown import listed
from stackwright.diff.model import Diff
from stackwright.report.diff.merging import Where
from stackwright.report.diff.wording import LONGEST_SENTENCE, cut
from stackwright.report.text import wrapped
from stackwright.report.words import clean, plural, type_words

_MOST_NAMES = 4


@dataclass(slots=True)
class Lines:
    """Lines that are added one by one."""

    width: int
    """Columns of the terminal."""
    indent: str
    """What each line begins with."""
    found: list[str] = field(default_factory=list)

    def add(self, line: str, hang: int = 2) -> None:
        """Add a line, and what does not fit on it indented by `hang` more."""
        then = self.indent + " " * hang
        self.found.append(wrapped(clipped(line), self.indent, then, self.width))


def clipped(line: str) -> str:
    """Return a line without control characters, with what is too much of it counted."""
    return cut(line, LONGEST_SENTENCE)


def heads(title: str, lines: Iterable[str], width: int, most: int | None = None) -> list[str]:
    """Return a title and an item for each line; nothing for no lines.

    Args:
        title: What the lines are.
        lines: One for each item, from any source.
        width: Columns of the terminal.
        most: Items that are shown before the others are counted; None for all.
    """
    found = list(lines)
    shown = [wrapped(clipped(line), "  - ", "    ", width) for line in found[:most]]
    rest = len(found) - len(shown)
    more = [f"  - and {rest:,} more"] if rest else []
    return [clean(title), *shown, *more] if found else []


def where(diff: Diff, environments: Sequence[str], alike: bool = False) -> str:
    """Return a mark for the environments in which something is so; empty for all of them.

    Args:
        diff: What is shown.
        environments: Those in which it is so.
        alike: Whether it is told as it is in the first, and differs in their names elsewhere.
    """
    every = {one.environment for one in diff.environments}
    if alike:
        return f" [{environments[0]}; alike in {listed(environments[1:], 'and')}]"
    return "" if every <= set(environments) else f" [{', '.join(environments)}]"


def told(diff: Diff, found: Sequence[tuple[str, Where]]) -> list[str]:
    """Return what was merged, each with its mark."""
    return [f"{line}{where(diff, at.environments, at.alike)}" for line, at in found]


def some(type_: str, names: Sequence[str], most: int = _MOST_NAMES) -> str:
    """Return resources of one type by their names: `3 S3 buckets a, b and c`.

    Args:
        type_: Pulumi type token.
        names: At least one.
        most: Names that are shown before the others are counted.
    """
    words = clean(type_words(type_))
    shown = list(names[:most])
    rest = len(names) - len(shown)
    more = [f"{rest:,} more"] if rest else []
    count = words if len(names) == 1 else plural(words, len(names))
    return f"{count} {listed([*shown, *more], 'and')}"
