"""The formats that a plan can be shown in; each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from operator import attrgetter

from stackwright.errors import Problem, UnknownName
from stackwright.plan.graph import Plan

FORMATS: dict[str, tuple[str, str]] = {
    "text": ("stackwright.report.text", "text"),
    "json": ("stackwright.plan.graph", "Plan.to_json"),
    "markdown": ("stackwright.report.markdown", "markdown"),
    "mermaid": ("stackwright.report.mermaid", "mermaid"),
    "html": ("stackwright.report.html", "html"),
    "manifests": ("stackwright.report.manifests", "stream"),
}
"""Format -> module and the function in it that takes a plan and returns text."""


def render(
    plan: Plan,
    format: str,  # noqa: A002 (the word of the command line)
    width: int | None = None,
) -> str:
    """Return `plan` in one of `FORMATS`.

    Args:
        plan: What to show.
        format: One of `FORMATS`.
        width: Columns of the terminal that a plain text is for.

    Raises:
        UnknownName: There is no such format.
    """
    return rendered(plan, FORMATS, format, width)


def rendered(
    shown: object, formats: Mapping[str, tuple[str, str]], name: str, width: int | None
) -> str:
    """Return something in one of its formats; the module of the format is loaded now.

    Args:
        shown: What to show.
        formats: Format -> module and the function in it that takes it and returns text.
        name: The format; the one called `text` takes a width.
        width: Columns of the terminal.

    Raises:
        UnknownName: There is no such format.
    """
    if name not in formats:
        known = ", ".join(formats)
        raise UnknownName([Problem(f"There is no format {name!r}. Known: {known}.")])
    module, function = formats[name]
    options = {"width": width} if width and name == "text" else {}
    text: str = attrgetter(function)(import_module(module))(shown, **options)
    return text
