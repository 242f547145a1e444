"""Ask a running service for predictions."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from .. import console
from ..errors import InputError, ProjectError
from . import _options

if TYPE_CHECKING:
    from ..data.contract import DataContract
    from ..project import Project
    from ..serving.client import Predicted
    from ..serving.traffic import Sample, Table


@click.command
@click.argument("file", required=False)
@click.option(
    "--url", default="http://127.0.0.1:8000", show_default=True, help="Where the service is."
)
@click.option(
    "--sample",
    type=click.IntRange(1, 100_000),
    metavar="ROWS",
    help="Send this many rows drawn from the prepared data in place of a FILE.",
)
@click.option(
    "--table",
    type=click.Choice(["unseen", "train"]),
    default="unseen",
    show_default=True,
    help="Where --sample draws: rows the model was not fitted on, or those it was.",
)
@click.option(
    "--shift",
    multiple=True,
    metavar="FEATURE=K",
    help="Move a feature of the sample by K standard deviations, within its bounds; repeatable.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which rows --sample draws.")
@click.option(
    "--labels",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write what came true of the sample, as `labels import` reads it.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the predictions to this file, .csv or .json, in place of the terminal.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=30.0,
    show_default=True,
    help="Seconds that one answer may take.",
)
@_options.answer_format
@click.pass_obj
def command(
    project: Project,
    file: str | None,
    url: str,
    sample: int | None,
    table: str,
    shift: Sequence[str],
    seed: int,
    labels: Path | None,
    output: Path | None,
    timeout: float,
    form: str,
) -> None:
    """Ask a running service for predictions of the rows of FILE.

    FILE is a .csv file with a column per feature, or a .json file with a list of rows; `-` reads
    JSON from standard input. Every prediction that is asked for is logged by the service.
    """
    from ..serving.client import Limits, predict

    drawn: Sample | None = None
    if sample is not None:
        _check_sample(file, table, labels)
        from ..serving.traffic import draw

        drawn = draw(project, sample, cast("Table", table), _shifts(shift), seed)
        if drawn.cut:
            console.err(f"note: {drawn.cut} shifted values were set to a bound of their feature")
        rows = drawn.rows
    else:
        rows = _file_rows(project, file, shift, labels)
    _check_files(output, labels)
    settings = project.settings.serving
    limits = Limits(min(settings.maximum_rows, 500), settings.maximum_body_bytes, timeout)
    found = predict(url, rows, limits)
    if labels is not None and drawn is not None:
        _write(labels, _label_file(project.contract, found, drawn))
    _answer(found, output, form)


def _check_files(output: Path | None, labels: Path | None) -> None:
    """Refuse before anything is asked: what was answered and not written would be lost."""
    problems = [
        f"{file}: the folder {file.parent} is not there"
        for file in (output, labels)
        if file is not None and not file.parent.is_dir()
    ]
    if output is not None and output.suffix not in {".csv", ".json"}:
        problems.append(f"--output {output}: expected a name that ends in .csv or .json")
    if problems:
        raise InputError(problems)


def _check_sample(file: str | None, table: str, labels: Path | None) -> None:
    problems = []
    if file is not None:
        problems.append(f"{file}: give either a FILE or --sample")
    if labels is not None and table != "train":
        problems.append(
            "--labels: the gate judges on the holdout, so its labels must not come back to be "
            "trained on; add `--table train`"
        )
    if problems:
        raise InputError(problems)


def _file_rows(
    project: Project, file: str | None, shift: Sequence[str], labels: Path | None
) -> list[dict[str, Any]]:
    from ..serving.traffic import read_csv_rows, read_json_rows

    problems = [
        f"{name}: goes with --sample only"
        for name, given in (("--shift", shift), ("--labels", labels))
        if given
    ]
    if file is None:
        problems.append("expected a FILE, `-` or --sample ROWS")
    if problems or file is None:
        raise InputError(problems)
    if file == "-":
        return read_json_rows(sys.stdin.read(), "standard input")
    if file.endswith(".csv"):
        return read_csv_rows(project.contract, Path(file))
    if not file.endswith(".json"):
        raise InputError([f"{file}: expected a name that ends in .csv or .json, or `-`"])
    try:
        return read_json_rows(Path(file).read_text("utf-8"), file)
    except FileNotFoundError:
        raise InputError([f"{file}: is not there"]) from None
    except UnicodeDecodeError:
        raise InputError([f"{file}: not UTF-8"]) from None


def _shifts(given: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    problems = []
    for text in given:
        name, _, number = text.rpartition("=")
        try:
            found[name] = float(number)
        except ValueError:
            name = ""
        if not name or not -100 <= found[name] <= 100:
            problems.append(f"--shift {text}: expected FEATURE=K with K from -100 to 100")
    if problems:
        raise InputError(problems)
    return found


def _label_file(contract: DataContract, found: Sequence[Predicted], drawn: Sample) -> str:
    spelled = _spelling(contract)
    return _csv(
        [
            {"prediction_id": row.prediction_id} | truth | {"label": spelled[truth["label"]]}
            for row, truth in zip(found, drawn.truth, strict=True)
        ]
    )


def _spelling(contract: DataContract) -> dict[int, str]:
    """Return how a label is written: 1 and 0, unless the target itself spells them otherwise."""
    target = contract.target
    if target.positive != "0" and target.negative != "1":
        return {1: "1", 0: "0"}
    if target.negative is None:
        raise InputError(["--labels: say in configuration/data.yaml what target.negative is"])
    return {1: str(target.positive), 0: target.negative}


def _answer(found: Sequence[Predicted], output: Path | None, form: str) -> None:
    rows = [asdict(row) for row in found]
    versions = sorted({row.model_version for row in found})
    positive = sum(row.decision for row in found)
    document = {
        "schema": "predictions/v1",
        "rows": len(found),
        "positive": positive,
        "model_versions": versions,
    }
    if output is not None:
        whole = document | {"predictions": rows}
        _write(output, _csv(rows) if output.suffix == ".csv" else json.dumps(whole) + "\n")
    if form == "json":
        console.json(document if output is not None else document | {"predictions": rows})
        return
    if output is None:
        for row in found:
            console.out(f"{row.prediction_id}  {row.score:.4f}  {row.decision}")
    named = ", ".join(str(version) for version in versions)
    where = "" if output is None else f": wrote {output}"
    console.err(f"{len(found)} rows, {positive} positive, by version {named or 'none'}{where}")


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _write(file: Path, text: str) -> None:
    """Write a whole file or none."""
    try:
        number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        temporary = Path(name)
        try:
            with os.fdopen(number, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            temporary.replace(file)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ProjectError(f"{file}: cannot be written: {error.strerror}") from None
