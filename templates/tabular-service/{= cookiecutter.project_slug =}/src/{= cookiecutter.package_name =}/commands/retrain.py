"""Train a new model with labelled traffic, and promote it when the gate allows."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from .. import console
from . import _options

if TYPE_CHECKING:
    from ..project import Project
    from ..retraining.run import Retrained


@click.command
@click.option("--force", is_flag=True, help="Ignore the cool-down; this is written in the log.")
@_options.answer_format
@click.pass_obj
def command(project: Project, force: bool, form: str) -> None:
    """Train a new model with labelled traffic, and promote it when the gate allows.

    Uses valid labelled rows only, and holds a part of them back for the gate. Exits with 3, and
    leaves the champion as it is, when rows are missing, the last retraining is too recent, another
    one runs, or the gate is not passed. In production the new version waits for approval.
    """
    from ..retraining.run import retrain

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    answer = retrain(project, datetime.now(UTC), force=force)
    if form == "json":
        console.json(dict(asdict(answer), schema="retraining/v1"))
    else:
        _show(answer)


def _show(answer: Retrained) -> None:
    console.out(
        f"version {answer.version} was trained with {answer.training_rows} labelled rows and "
        f"passed the gate; {answer.recent_rows} were held back for it"
    )
    if answer.rejected_rows:
        console.out(f"rejected: {answer.rejected_rows} rows")
        for reason in answer.rejected[:10]:
            console.out(f"  {reason}")
    if answer.promoted:
        before = "none" if answer.champion_before is None else str(answer.champion_before)
        console.out(f"version {answer.version} is the champion (before: {before})")
    else:
        console.out(
            f"version {answer.version} waits for approval, the champion is as before; "
            "to approve: promote --approve"
        )
