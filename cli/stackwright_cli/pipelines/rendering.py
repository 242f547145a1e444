"""Fills in the templates of pipelines, whose own `${{ ... }}` and `$NAME` stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_MARK = re.compile(r"@([A-Z_]+)@")

_FOLDER = Path(__file__).parent / "templates"


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template of this package with each `@NAME@` replaced, in what replaces it too.

    Args:
        template: Name of the file without its ending.
        values: Name -> text.

    Raises:
        KeyError: The template has a mark that is not among the values.
    """
    text = (_FOLDER / f"{template}.yml").read_text(encoding="utf-8")
    return _MARK.sub(lambda found: values[found[1]], text)
