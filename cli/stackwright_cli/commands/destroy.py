"""Take an environment away: platform first, then the foundation.

A forecast comes first: what goes, what is lost, what stays. Where data is lost, the name of the
environment must be typed, or given by `--confirm` where nobody can be asked.
"""

from __future__ import annotations

from pathlib import Path

import click

from stackwright_cli.commands import _options


@click.command()
@_options.blueprint_file
@_options.environment_name
@_options.one_layer
@click.option("--keep-data", is_flag=True, help="Keep all that holds data, and what that needs.")
@click.option(
    "--confirm",
    metavar="NAME",
    help="Name of the environment, to agree to the loss of its data beforehand.",
)
@_options.agreed
@click.option(
    "--remove-stack",
    is_flag=True,
    help="Remove the stacks too, with their history, where nothing is left in them.",
)
@_options.answer_format("text", "json")
@_options.time_limit
def command(
    file: Path,
    environment: str | None,
    layer: str | None,
    keep_data: bool,
    confirm: str | None,
    yes: bool,
    remove_stack: bool,
    format_: str,
    timeout: float,
) -> int:
    """Delete an environment, after a forecast of what is lost and what stays."""
    from stackwright_cli.deploying import destroying

    return destroying.destroy(
        file,
        environment,
        layer,
        destroying.Wishes(keep_data, confirm, yes, remove_stack),
        format_=format_,
        timeout=timeout,
    )
