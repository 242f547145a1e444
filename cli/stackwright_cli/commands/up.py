"""Deploy an environment: check, show, ask, change, prove.

Both layers in order. Running it again goes on from where it was stopped.
"""

from __future__ import annotations

from pathlib import Path

import click

from stackwright_cli import console
from stackwright_cli.commands import _options


@click.command()
@_options.blueprint_file
@_options.environment_name
@_options.one_layer
@_options.refresh_first
@click.option(
    "--reviewed",
    metavar="DIGEST",
    help="Refuse to deploy anything but what was reviewed under this digest.",
)
@_options.agreed
@_options.answer_format("text", "json")
@_options.time_limit
def command(
    file: Path,
    environment: str | None,
    layer: str | None,
    refresh: bool,
    reviewed: str | None,
    yes: bool,
    format_: str,
    timeout: float,
) -> int:
    """Deploy an environment, after showing what will change and asking."""
    from stackwright_cli.deploying import upping

    if format_ == "json" and not yes:
        raise click.UsageError("--format json asks nobody; give --yes to agree beforehand.")
    console.require_agreement(yes)
    return upping.up(
        file,
        environment,
        layer,
        refresh=refresh,
        reviewed=reviewed,
        yes=yes,
        format_=format_,
        timeout=timeout,
    )
