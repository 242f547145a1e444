"""Bring what came true of predictions."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from .. import console
from ..project import Project
from . import _options


@click.group
def command() -> None:
    """Bring what came true of predictions."""


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_options.answer_format
@click.pass_obj
def import_(project: Project, file: Path, form: str) -> None:
    """Keep the labels of a CSV FILE with the columns prediction_id and label.

    A label is 1 or 0, or spelled like the target's values. Features that are personal are not in
    the prediction log: give them as further columns, so that the rows can be trained on. All that
    is wrong is listed, and then nothing is kept.
    """
    from ..data.label_import import import_labels

    imported = import_labels(project, file)
    if imported.absent:
        names = ", ".join(imported.absent)
        console.err(f"note: without {names} these rows measure a model and cannot train one")
    if form == "json":
        console.json({"schema": "labels-import/v1"} | asdict(imported))
    else:
        console.out(f"{imported.rows} labels, {imported.positive} positive: {imported.url}")
