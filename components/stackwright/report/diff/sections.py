"""A section is one complete piece of a report in Markdown, which parts are packed from.

Everything that a report says of one matter is in one section: `title` above its `blocks`. A block
is the smallest thing that is never torn apart (a resource, a card, the row of a table): what is
too large for one message is cut between two of them, so that every fence, table and fold is whole
in each message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackwright.diff.model import Risk

MORE = "stackwright diff --format html -o diff.html"
"""The command that shows everything."""


@dataclass(frozen=True, slots=True)
class Block:
    """One thing in a section, as Markdown that is complete and escaped."""

    text: str
    count: int = 1
    """How many of the section's `unit` it stands for."""


@dataclass(frozen=True, slots=True)
class Section:
    """A title and what is below it; a text of it is Markdown, escaped already."""

    blocks: tuple[Block, ...]
    title: str = ""
    """Without `#`; text and tags only, as it may become the summary of a fold."""
    risk: Risk | None = None
    """The worst that it tells of, by which sections are ordered; None keeps its place."""
    folded: bool = False
    """Whether it is a fold, closed until a reader opens it."""
    opened: bool = False
    """Whether such a fold is open at first: a reader may close it."""
    heading: str = ""
    """Heading of a group of sections; only the first of the group has it."""
    intro: str = ""
    """Paragraph before the blocks, repeated where the section goes on in another part."""
    head: str = ""
    """Head of a table, when the blocks are its rows."""
    unit: str = "resource"
    """What the counts of the blocks count, in the singular."""
    outro: str = ""
    """Paragraph after the last block."""
    kept: bool = False
    """Whether it is never left out: the verdict and the footer."""


def table_head(*columns: str) -> str:
    """Return the two lines that begin a table."""
    return f"{row(*columns)}\n{row(*('---' for _ in columns))}"


def row(*cells: str) -> str:
    """Return one line of a table; no cell may hold a line break or a bare `|`."""
    return f"| {' | '.join(cells)} |"


def by_risk(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return the sections that have blocks, the worst risk first; equal ones keep their order."""
    order = {risk: place for place, risk in enumerate(Risk)}
    found = [section for section in sections if section.blocks]
    return tuple(sorted(found, key=lambda one: order[one.risk] if one.risk else len(order)))


def render(
    section: Section,
    blocks: Sequence[Block] | None = None,
    *,
    continued: bool = False,
) -> str:
    """Return a section, or some of its blocks, as Markdown that is complete.

    Args:
        section: What to show.
        blocks: Those of its blocks to show; all of them by default.
        continued: Whether an earlier part began it.
    """
    shown = section.blocks if blocks is None else blocks
    pieces = (
        section.heading if not continued else "",
        _title(section, " (continued)" if continued else ""),
        section.intro,
        _body(section, shown),
        section.outro if tuple(shown[-1:]) == section.blocks[-1:] else "",
        "</details>" if section.folded else "",
    )
    return "\n\n".join(piece for piece in pieces if piece)


def document(sections: Iterable[Section]) -> str:
    """Return all sections as one Markdown text."""
    return "\n\n".join(render(section) for section in sections) + "\n"


def fold(summary: str, text: str) -> str:
    """Return `text` closed under `summary`; both escaped already, and the summary without code
    spans, which are not read there."""
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def _title(section: Section, more: str) -> str:
    if section.folded:
        state = " open" if section.opened else ""
        return f"<details{state}><summary>{section.title}{more}</summary>"
    return f"### {section.title}{more}" if section.title else ""


def _body(section: Section, blocks: Sequence[Block]) -> str:
    texts = [block.text for block in blocks]
    return "\n".join([section.head, *texts]) if section.head else "\n\n".join(texts)
