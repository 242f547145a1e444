"""Show every resource that an environment would have.

The real programs run without an engine: no account, no credential and no network is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackwright_cli import console
from stackwright_cli.commands import _options

if TYPE_CHECKING:
    from stackwright.plan.graph import Plan

FORMATS = ("text", "json", "markdown", "mermaid", "html", "manifests")


@click.command()
@_options.blueprint_file
@_options.environment_name
@_options.one_layer
@_options.answer_format(*FORMATS)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write to a file, or with --format manifests to a folder of its own.",
)
@click.option(
    "--bindings",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="JSON of deployed values (`pulumi stack output --json`), for --format manifests.",
)
def command(
    file: Path,
    environment: str | None,
    layer: str | None,
    format_: str,
    output: Path | None,
    bindings: Path | None,
) -> None:
    """Show every resource that an environment would have, without an account or network."""
    if bindings is not None and format_ != "manifests":
        raise click.UsageError("--bindings goes with --format manifests.")
    from stackwright_cli import planning

    plan = planning.plan(file, environment, layer)
    if format_ == "manifests" and (output is not None or bindings is not None):
        _manifests(plan, output, bindings)
        return
    from stackwright.report.formats import render

    text = render(plan, format_, console.width() if output is None else None)
    if output is None:
        console.out(text)
    else:
        console.write_file(output, text)
        console.err(f"Wrote {output}.")


def _manifests(plan: Plan, output: Path | None, bindings: Path | None) -> None:
    from stackwright.report.manifests import manifests, stream
    from stackwright_cli import planning
    from stackwright_cli.owned_folder import replace_folder

    values = None if bindings is None else planning.read_bindings(bindings)
    if output is None:
        console.out(stream(plan, values))
        return
    files = manifests(plan, values)
    replace_folder(output, files)
    if files:
        console.err(f"Wrote {len(files)} files to {output}.")
    else:
        console.err(f"{output} is empty: environment {plan.environment} has nothing in a cluster.")
