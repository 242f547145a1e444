"""Read the source, check it against the data contract, and split it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .. import console
from ..project import Project
from . import _options


@click.command
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    help="A CSV file of your own. With --target a contract for it is proposed; without, the"
    " contract stays and the file becomes its source.",
)
@click.option("--target", help="With --from: the column to predict.")
@click.option("--above", type=float, help="With --target: numbers above this one are positive.")
@click.option("--positive", help="With --target: the value that is positive.")
@click.option(
    "--personal",
    multiple=True,
    metavar="COLUMN",
    help="With --target: a column that says something about a person, beside those that look so.",
)
@click.option("--replace", is_flag=True, help="Propose even if the contract was edited.")
@click.option(
    "--new-holdout", is_flag=True, help="Draw another holdout; gates before do not compare."
)
@_options.answer_format
@click.pass_obj
def command(
    project: Project,
    file: Path | None,
    target: str | None,
    above: float | None,
    positive: str | None,
    personal: tuple[str, ...],
    replace: bool,
    new_holdout: bool,
    form: str,
) -> None:
    """Read the source, check it against the data contract, and split it.

    The source is what configuration/data.yaml names. The holdout is drawn once and then frozen:
    later preparations keep its rows. All that is wrong is listed, and then nothing is written.
    """
    proposing = {
        "--above": above is not None,
        "--positive": positive is not None,
        "--personal": bool(personal),
        "--replace": replace,
    }
    for option, given in proposing.items():
        if given and target is None:
            raise click.UsageError(f"{option} goes with --target")
    if target is not None and file is None:
        raise click.UsageError("--target goes with --from")
    if above is not None and positive is not None:
        raise click.UsageError("--above and --positive exclude each other")

    from ..data.own_file import TargetChoice, prepare_file, prepare_proposal
    from ..data.preparation import prepare_source

    if file is None:
        result = prepare_source(project, new_holdout=new_holdout)
    elif target is None:
        result = prepare_file(project, file, new_holdout=new_holdout)
    else:
        choice = TargetChoice(target, above, positive, personal)
        result = prepare_proposal(project, file, choice, replace=replace, new_holdout=new_holdout)
    answer = {"schema": "prepare/v1"} | result
    console.json(answer) if form == "json" else console.out(_text(answer))


def _text(answer: dict[str, Any]) -> str:
    """Return the answer as lines for a person."""
    kept = "frozen: the same rows as before" if answer["holdout_kept"] else "new, and frozen now"
    lines = [f"Positive means: {answer['meaning']}"]
    for name, table in answer["tables"].items():
        note = f"  ({kept})" if name == "holdout" else ""
        lines.append(f"{name:<11}{table['rows']:>8} rows, {table['positive']} positive{note}")
    lines.append(f"Data version {answer['version']}")
    lines.append(f"Written to {answer['written']}")
    if "contract" in answer:
        lines += ["", f"Proposed {answer['contract']}: read it and correct it."]
        lines += [f"  {line}" for line in answer["columns"]]
        lines += [f"ATTENTION: {warning}" for warning in answer["warnings"]]
    return "\n".join(lines)
