"""The frame of an HTML page that is one file and needs nothing else: no network, no library.

A policy in the page lets run only the script and the style that are part of it, by their hashes.
What a page shows is escaped text or escaped JSON, which its script puts in as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

from stackwright.report.words import clean

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#resources">Skip to the resources</a>
{body}
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Look:
    """The assets of one kind of page, besides those that all pages have."""

    package: str
    """Where they are, such as `stackwright.report`."""
    styles: tuple[str, ...]
    scripts: tuple[str, ...]


def page(title: str, body: Iterable[str], data: Any, look: Look) -> str:
    """Return a page.

    Args:
        title: Title of the window, as plain text.
        body: Parts of the body as HTML; empty ones are left out. One has the id `resources`.
        data: What the script shows, as JSON values.
        look: The page's own assets.
    """
    common = Look("stackwright.report", ("page.css",), ("page.js",))
    style = "".join(_asset(one.package, name) for one in (common, look) for name in one.styles)
    script = "".join(_asset(one.package, name) for one in (common, look) for name in one.scripts)
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        title=escape(clean(title)),
        style=style,
        body="\n".join(part for part in body if part),
        data=script_json(data),
        script=script,
    )


def header(name: str, tags: str, controls: str = "") -> str:
    """Return the bar at the top of a page; `tags` and `controls` are HTML."""
    return (
        '<header class="top"><div class="brand"><span class="mark" aria-hidden="true"></span>'
        f"<h1>{escape(clean(name))}</h1>{tags}</div>{controls}"
        '<button type="button" id="theme" aria-label="Change between light and dark">'
        "Theme</button></header>"
    )


def section(identifier: str, title: str, sentence: str, content: str) -> str:
    """Return a part of the page with its heading; empty when the HTML `content` is."""
    if not content:
        return ""
    note = f'<p class="quiet">{escape(sentence)}</p>' if sentence else ""
    return (
        f'<section id="{identifier}"><div class="heading"><h2>{escape(title)}</h2>{note}</div>'
        f"{content}</section>"
    )


def items(texts: Iterable[str]) -> str:
    """Return plain texts as a list; empty when there are none."""
    lines = "".join(f"<li>{escape(clean(text))}</li>" for text in texts)
    return f'<ul class="plain">{lines}</ul>' if lines else ""


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return plain texts as a table; empty when there are no rows."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(clean(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return table_of(columns, lines)


def table_of(columns: tuple[str, ...], lines: str) -> str:
    """Return rows that are HTML already as a table; empty when there are none."""
    head = "".join(f'<th scope="col">{escape(clean(name))}</th>' for name in columns)
    full = f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="scroll">{full}</div>' if lines else ""


def script_json(data: Any) -> str:
    """Return JSON that is safe inside a script element: no `<`, `>` or `&` stands in it."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _asset(package: str, name: str) -> str:
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
