"""The formats that a diff can be shown in; each is loaded when it is asked for."""

from __future__ import annotations

from stackwright.diff.model import Diff
from stackwright.report.formats import rendered

FORMATS: dict[str, tuple[str, str]] = {
    "text": ("stackwright.report.diff.text", "text"),
    "json": ("stackwright.diff.codec", "to_json"),
    "markdown": ("stackwright.report.diff.markdown", "markdown"),
    "html": ("stackwright.report.diff.html", "html"),
    "sarif": ("stackwright.report.diff.sarif", "sarif"),
}
"""Format -> module and the function in it that takes a diff and returns text."""


def render(
    diff: Diff,
    format: str,  # noqa: A002 (the word of the command line)
    width: int | None = None,
) -> str:
    """Return `diff` in one of `FORMATS`.

    Args:
        diff: What to show.
        format: One of `FORMATS`.
        width: Columns of the terminal that a plain text is for.

    Raises:
        UnknownName: There is no such format.
    """
    return rendered(diff, FORMATS, format, width)
