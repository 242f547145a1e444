"""Small pieces of HTML that the page of a diff is made from; what comes from a diff is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from stackwright.diff.changes import JsonValue
from stackwright.diff.model import Diff
from stackwright.report.diff.merging import portable
from stackwright.report.diff.wording import value_words
from stackwright.report.drawing import cut
from stackwright.report.words import clean

ARROW = '<span class="arrow" aria-hidden="true">\u2192</span>'
"""From what was to what will be."""

_STEP = re.compile(r"(?<=[./_])")

_SHORT = 90
"""Characters of a value that are shown before it is folded."""

MOST_TAGS = 4
"""Environments that are named one by one; others are counted."""


def plain(text: str) -> str:
    """Return a text as HTML on one line, with what cannot be seen spelled."""
    return escape(clean(text))


def code(text: str) -> str:
    """Return a name, a path or a file as code."""
    return f"<code>{plain(text)}</code>"


def steps(path: str) -> str:
    """Return a path as code that may break where its steps do."""
    return f"<code>{_STEP.sub('<wbr>', plain(path))}</code>"


def badge(text: str, style: str = "") -> str:
    """Return a short word in a coloured field; `style` is a class of ours."""
    return f'<span class="badge{f" {style}" if style else ""}">{plain(text)}</span>'


def scope(places: Iterable[int]) -> str:
    """Return the attribute by which an element is shown for the environments at `places`."""
    return f' data-in="{" ".join(map(str, places))}"'


def tags(diff: Diff, places: Sequence[int]) -> str:
    """Return the names of the environments at `places`; empty when there is only one at all."""
    if len(diff.environments) < 2:
        return ""
    names = [diff.environments[place].environment for place in places]
    if len(names) == len(diff.environments) > MOST_TAGS:
        return f'<span class="tags">{badge(f"all {len(names)}", "where")}</span>'
    shown = "".join(badge(name, "where") for name in names[:MOST_TAGS])
    rest = names[MOST_TAGS:]
    more = f'<span class="quiet" title="{plain(", ".join(rest))}">and {len(rest)} more</span>'
    return f'<span class="tags">{shown}{more if rest else ""}</span>'


def resource(urn: str, words: str = "") -> str:
    """Return a link to the row of a resource; its name unless other `words` are given."""
    name = words or urn.rpartition("::")[2] or urn
    return (
        f'<a class="resource-link" href="#resources" data-key="{plain(portable(urn))}" '
        f'title="{plain(urn)}">{plain(name)}</a>'
    )


def value(content: JsonValue) -> str:
    """Return a value; a long one is folded."""
    words = clean(value_words(content)) or '""'
    if len(words) <= _SHORT:
        return code(words)
    return (
        f'<details class="long"><summary>{code(cut(words, _SHORT))}</summary>'
        f"<pre>{escape(words)}</pre></details>"
    )


def was_now(before: str, after: str) -> str:
    """Return two pieces of HTML as old and new; an empty one was not there, or is gone."""
    old = f'<del><span class="hidden">was </span>{before}</del>' if before else ""
    new = f'<ins><span class="hidden">now </span>{after}</ins>' if after else ""
    if old and new:
        return f"{old} {ARROW} {new}"
    return new or f'{old} <span class="quiet">removed</span>'


def listing(style: str, lines: Iterable[str]) -> str:
    """Return lines that are HTML as a list; empty when there are none."""
    found = "".join(f"<li>{line}</li>" for line in lines)
    return f'<ul class="{style}">{found}</ul>' if found else ""


def cells(*columns: str) -> str:
    """Return the cells of one row of a table, each HTML."""
    return "".join(f"<td>{column}</td>" for column in columns)
