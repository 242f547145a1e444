"""The generated files of the docs, and the generated parts of pages that people write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scripts.generate_docs.examples import edited, plans, sample
from scripts.generate_docs.pictures import pictures
from scripts.generate_docs.reference import (
    blueprint_page,
    settings_section,
    tools_page,
    wiring_table,
)
from scripts.generate_docs.tables import tools
from scripts.generate_docs.templates import templates_section

from stackwright.blueprint.reader import parse
from stackwright.environment import check
from stackwright.errors import BlueprintError
from stackwright.plan.graph import Plan
from stackwright.report.json_schema import diff_schema, events_schema, plan_schema


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
        "docs/reference/diff.schema.json": json.dumps(diff_schema(), indent=1) + "\n",
        "docs/reference/events.schema.json": json.dumps(events_schema(), indent=1) + "\n",
    }
    made = plans(root)
    for path, part, text in _parts(root, made["aws-starter"]):
        files[path] = with_part((root / path).read_text(encoding="utf-8"), part, text, path)
    return {**files, **pictures(made, edited(root))}


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


def _parts(root: Path, starter: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield page, name of the part and its text."""
    for capability, tool in tools():
        page = PurePosixPath("docs/tools") / f"{tool.kind_name()}.md"
        yield str(page), "settings", settings_section(capability, tool)
    yield "docs/wiring.md", "wiring", wiring_table()
    yield "docs/projects.md", "templates", templates_section()
    yield "docs/plan.md", "sample", sample(starter)
    alone = (root / "examples/component-alone/s3/__main__.py").read_text(encoding="utf-8")
    yield "docs/components.md", "component-alone", f"```python\n{alone}```"
    told = (root / "docs/blueprint.md").read_text(encoding="utf-8")
    yield "docs/blueprint.md", "problems", problems(told)


def problems(page: str) -> str:
    """Return what is said about the file `wrong.yaml` that a page writes.

    Raises:
        ValueError: The page writes no such file, or nothing is wrong in it.
    """
    written = re.search(r"^cat > wrong\.yaml <<'END'\n(.*?)^END$", page, re.DOTALL | re.MULTILINE)
    if written is None:
        raise ValueError("the page writes no wrong.yaml")
    try:
        check(parse(written[1], "wrong.yaml"))
    except BlueprintError as error:
        lines = [f"error: {problem}" for problem in error.problems]
        return "\n".join(("```text", *lines, f"{len(lines)} problems.", "```"))
    raise ValueError("nothing is wrong in the page's wrong.yaml")
