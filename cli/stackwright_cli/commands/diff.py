"""Show what a change of the blueprint would change, lose and break.

Both sides are planned without an engine: no account, no credential and no network is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright.diff.model import Diff

FORMATS = ("text", "json", "markdown", "html", "sarif")

RISKS = (
    "data-loss",
    "broken-project",
    "hazard",
    "interruption",
    "access",
    "replacement",
    "uncertain",
    "routine",
)
"""The words of `stackwright.diff.model.Risk`, which this module does not load for its help."""

REFUSED = 3


@click.command()
@click.argument("base", required=False)
@click.argument("head", required=False)
@_options.blueprint_file
@click.option(
    "-e",
    "--environment",
    "environments",
    multiple=True,
    metavar="ENVIRONMENT",
    help="An environment to compare; all when not given. Can be given several times.",
)
@_options.one_layer
@_options.answer_format(*FORMATS)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write to a file.",
)
@click.option(
    "--fail-on",
    "fail_on",
    multiple=True,
    type=click.Choice(RISKS),
    metavar="RISK",
    help=f"Exit with 3 when there is such a risk, too: {', '.join(RISKS)}. Can be given several"
    " times.",
)
def command(
    base: str | None,
    head: str | None,
    file: Path,
    environments: tuple[str, ...],
    layer: str | None,
    format_: str,
    output: Path | None,
    fail_on: tuple[str, ...],
) -> int:
    """Show what would change between BASE and HEAD, what would be lost and what breaks.

    Each is a revision of git, a folder, a blueprint, a stored plan (`stackwright plan --format
    json -o FILE`) or a folder of them. HEAD is the files as they are when not given, BASE where
    this branch left the default branch.

    Exit code 0: done. Exit code 2: a side is wrong, and every problem is listed. Exit code 3: data
    would be lost that `allow_replacement` does not name, a project would break, or there is a
    risk that --fail-on names.
    """
    from stackwright_cli.diffing.comparison import Choice, compared

    diff = compared(Choice(base, head, file, environments, layer))
    _answer(diff, format_, output)
    return _code(diff, fail_on)


def _answer(diff: Diff, format_: str, output: Path | None) -> None:
    from stackwright.report.diff.formats import render

    text = render(diff, format_, console.width() if output is None else None)
    if output is None:
        console.out(text)
    else:
        console.write_file(output, text)
        console.err(f"Wrote {output}. {diff.verdict.sentence}")


def _code(diff: Diff, fail_on: tuple[str, ...]) -> int:
    found = [risk for risk in fail_on if risk in diff.verdict.risks]
    if found:
        console.err(f"There is a risk that --fail-on names: {', '.join(found)}.")
    return REFUSED if diff.verdict.refused or found else 0
