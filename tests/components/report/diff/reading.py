"""Markdown as a forge reads it: what is markup in it, and what is plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

VOID = {"br", "hr"}

PLAIN = {"a", "pre", "code"}
"""Tags in which a forge looks for no mention, reference or address."""

REFERENCE = re.compile(
    r"@\w|(?<!&)#\d|\bGH-\d|![\w\"]|~\w|\$\d|%\d|&\d|://|\bwww\.\w",
    re.IGNORECASE,
)
"""What GitHub or GitLab would turn into a mention or a link."""


@dataclass
class Page(HTMLParser):
    """What a page holds once its Markdown is read."""

    text: str = ""
    live: str = ""
    """The text in which a forge looks for references."""
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data
        if not PLAIN & set(self.open):
            self.live += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def read(markdown: str) -> Page:
    """Return what `markdown` is once it is read; the fences and folds must be whole."""
    page = Page()
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    page.feed(renderer.render(markdown))
    page.close()
    page.unbalanced.extend(page.open)
    return page
