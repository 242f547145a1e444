"""The generated files of the docs, and the generated parts of pages that people write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scripts.generate_docs.pictures import pictures
from scripts.generate_docs.reference import (
    blueprint_page,
    settings_section,
    tools_page,
    wiring_table,
)
from scripts.generate_docs.tables import tools
from stackwright.report.json_schema import plan_schema


def generated(root: Path) -> dict[str, str]:
    """Return path -> whole text of every file that is made, or has a part that is made.

    Args:
        root: The repository.

    Raises:
        ValueError: A page lacks the marks of a part that is made.
    """
    files = {
        "docs/reference/blueprint.md": blueprint_page(),
        "docs/reference/tools.md": tools_page(),
        "docs/reference/plan.schema.json": json.dumps(plan_schema(), indent=1) + "\n",
    }
    for path, part, text in _parts():
        files[path] = with_part((root / path).read_text(encoding="utf-8"), part, text, path)
    return {**files, **pictures(root)}


def with_part(page: str, part: str, text: str, name: str) -> str:
    """Return a page with new text between the marks of a part.

    Raises:
        ValueError: The marks are not there exactly once.
    """
    start, end = f"<!-- {part}:start -->", f"<!-- {part}:end -->"
    between = re.compile(f"{re.escape(start)}\n.*?{re.escape(end)}", re.DOTALL)
    if len(between.findall(page)) != 1:
        raise ValueError(f"{name}: {start} and {end} are expected, once and on lines of their own")
    return between.sub(lambda _: f"{start}\n{text}\n{end}", page)


def _parts() -> Iterator[tuple[str, str, str]]:
    """Yield page, name of the part and its text."""
    for capability, tool in tools():
        page = PurePosixPath("docs/tools") / f"{tool.kind_name()}.md"
        yield str(page), "settings", settings_section(capability, tool)
    yield "docs/wiring.md", "wiring", wiring_table()
