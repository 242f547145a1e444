"""Say what was changed by hand since an environment was deployed.

Nothing is changed, nor is the state. Exit 3 when something differs, 1 when not everything could be
read.
"""

from __future__ import annotations

from pathlib import Path

import click

from stackwright_cli.commands import _options


@click.command()
@_options.blueprint_file
@_options.environment_name
@_options.one_layer
@_options.answer_format("text", "json")
@_options.time_limit
def command(
    file: Path, environment: str | None, layer: str | None, format_: str, timeout: float
) -> int:
    """Compare what is really there with the program; nothing is changed, nor is the state."""
    from stackwright_cli.deploying import drifting

    return drifting.drift(file, environment, layer, format_=format_, timeout=timeout)
