"""Reads a page as a browser would, without running anything."""

from __future__ import annotations

from html.parser import HTMLParser

ADDRESSES = ("src", "href", "action", "data", "style", "onclick", "onload", "srcset", "poster")
"""Attributes that ask for something, or run."""

_INLINE = frozenset({"a", "b", "code", "del", "ins", "wbr"})


def words(html: str) -> str:
    """Return what a reader sees, on one line."""
    return " ".join(Page(html).words.split())


class Page(HTMLParser):
    """Collects the elements, the data and the plain text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.data = ""
        self.words = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._apart(tag)
        self._inside = "data" if dict(attrs).get("id") == "data" else tag

    def handle_endtag(self, tag: str) -> None:
        self._apart(tag)
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data += data
        elif self._inside not in ("script", "style"):
            self.words += data

    def _apart(self, tag: str) -> None:
        if tag not in _INLINE:
            self.words += " "
