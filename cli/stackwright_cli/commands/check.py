"""Check a project against its template, its wiring and its own files.

Exit code 3 says that something is behind, pending or changed that should not be.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackwright_cli.projects.checking import Finding, Report

NO = 3
"""The exit code of a check that found something."""


@click.command()
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The project; the one that holds the working directory when not given.",
)
@_options.answer_format("text", "json")
def command(project: Path | None, format_: str) -> int:
    """Say whether the project is still as its template and its platforms have it.

    Files that are meant to be edited are listed when they were, and are no fault.
    """
    from stackwright_cli.assets import asset_folder
    from stackwright_cli.projects.checking import check_project
    from stackwright_cli.projects.wiring_project import find_project

    report = check_project(find_project(project), asset_folder("templates"))
    if format_ == "json":
        console.json(report.data())
    else:
        console.out("\n".join(_lines(report)))
    return NO if report.faults() else 0


def _lines(report: Report) -> Iterator[str]:
    wired = ", ".join(report.environments) or "no environment"
    yield f"{report.project}: {report.template} {report.version}, wired to {wired}"
    for title, findings in (
        ("To be put right:", report.faults()),
        ("Edited, as they may be:", report.edited()),
    ):
        if findings:
            yield title
            yield from map(_line, findings)
    if not report.faults():
        yield "Nothing has to be put right."


def _line(finding: Finding) -> str:
    place = " ".join(part for part in (finding.name, finding.key) if part)
    return f"  {finding.state} {finding.subject} {place}: {finding.message}"
