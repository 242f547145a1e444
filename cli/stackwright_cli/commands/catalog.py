"""List what can fill each part of a platform.

A capability is a part of a platform; a tool is what fills it.
"""

from __future__ import annotations

import click

from stackwright_cli import console
from stackwright_cli.commands import _options


@click.command()
@click.argument("name", metavar="[CAPABILITY[/TOOL]]", required=False)
@_options.answer_format("text", "json")
def command(name: str | None, format_: str) -> None:
    """List the capabilities of a platform and the tools that fill them.

    With CAPABILITY its tools are listed; with CAPABILITY/TOOL its settings, what it needs and
    what it gives.
    """
    from stackwright import listing

    answer = listing.look_up(name)
    if format_ == "json":
        console.json(answer)
    else:
        console.out(listing.text(answer))
