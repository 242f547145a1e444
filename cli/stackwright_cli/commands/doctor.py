"""Find what stands in the way of deploying, and what mends it.

Nothing is changed. Exit code 0 when all is well, 3 when something was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright_cli import console, planning
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright.engine.doctor import Finding

SCHEMA = "stackwright.doctor/v1"

_MARKS = {"ok": "✓", "wrong": "✗", "unknown": "?", "skipped": "-"}


@click.command()
@_options.blueprint_file
@_options.environment_name
@_options.answer_format("text", "json")
def command(file: Path, environment: str | None, format_: str) -> int:
    """Find what stands in the way of deploying, each with the one command that mends it."""
    from stackwright.environment import load_environment

    loaded = load_environment(file, environment)
    planning.require_packages(loaded.target)
    name = loaded.scope["environment"]
    with console.progress("Looking") as told:
        from stackwright.engine.doctor import checkup

        findings = checkup(loaded, file.parent, lambda finding: told(finding.subject))
    ill = [finding for finding in findings if finding.health in ("wrong", "unknown")]
    if format_ == "json":
        rows = [asdict(finding) for finding in findings]
        console.json({"schema": SCHEMA, "environment": name, "healthy": not ill, "findings": rows})
    else:
        console.out("\n".join(_lines(findings)))
        console.err(_sentence(name, ill))
    return 3 if ill else 0


def _lines(findings: Sequence[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        lines.append(f"{_MARKS[finding.health]} {finding.subject}: {finding.found}")
        if finding.mend and finding.health in ("wrong", "unknown"):
            lines.append(f"    {finding.mend}")
    return lines


def _sentence(environment: str, ill: Sequence[Finding]) -> str:
    if not ill:
        return f"{environment}: all is well. Next: stackwright up -e {environment}"
    things = "1 thing" if len(ill) == 1 else f"{len(ill)} things"
    where = "the command stands below each" if all(one.mend for one in ill) else "see above"
    return f"{environment}: {things} to mend; {where}."
