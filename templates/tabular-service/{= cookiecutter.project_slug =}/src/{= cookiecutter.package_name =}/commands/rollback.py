"""Let the previous champion be the champion again.

The previous model is loaded first, so that no rollback ends at a model that cannot serve. Exit code
3 when there is no previous champion.
"""

from __future__ import annotations

import click

from .. import console
from ..project import Project
from . import _options


@click.command()
@_options.answer_format
@click.pass_obj
def command(project: Project, form: str) -> None:
    """Let the previous champion be the champion again."""
    from ..registry.promotion import rollback

    change = rollback(project)
    if form == "json":
        console.json(
            {"schema": "rollback/v1", "champion": change.champion, "before": change.before}
        )
        return
    left = "" if change.before is None else f"; version {change.before} was left"
    console.out(f"version {change.champion} is the champion again{left}")
