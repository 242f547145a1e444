"""Let the version that passed the gate be the champion.

In a production environment a person must approve. The service takes the new champion up by itself.
Exit code 3 when the gate has not passed the version, or nobody approved.
"""

from __future__ import annotations

import getpass

import click

from .. import console
from ..project import Project
from . import _options


@click.command()
@_options.version
@click.option("--approve", is_flag=True, help="Approve it yourself; your user name is noted.")
@click.option("--approved-by", metavar="NAME", help="Note this name as the one who approved.")
@_options.answer_format
@click.pass_obj
def command(
    project: Project, which: str, approve: bool, approved_by: str | None, form: str
) -> None:
    """Let the version that passed the gate be the champion."""
    from ..registry.promotion import promote

    if approved_by is not None and not (approved_by.strip() and approved_by.isprintable()):
        raise click.UsageError("--approved-by: expected a name of visible characters")
    change = promote(project, approved_by or (_user() if approve else None), which)
    if form == "json":
        console.json(
            {"schema": "promotion/v1", "champion": change.champion, "before": change.before}
        )
    elif change.before == change.champion:
        console.out(f"version {change.champion} is the champion already")
    else:
        before = "" if change.before is None else f", in place of version {change.before}"
        console.out(f"version {change.champion} is the champion{before}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise click.UsageError(
            "the system has no name for this user; give one with --approved-by"
        ) from None
