"""Show where the project stands: data, models, drift, retraining, wiring."""

from __future__ import annotations

from typing import Any

import click

from .. import console
from ..project import Project
from . import _options


@click.command
@_options.answer_format
@click.pass_obj
def command(project: Project, form: str) -> None:
    """Show where the project stands: data, models, drift, retraining, wiring."""
    from ..status import status

    answer = status(project)
    if form == "json":
        console.json({"schema": "status/v1"} | answer)
    else:
        console.out("\n".join(_lines(answer)))


def _lines(answer: dict[str, Any]) -> list[str]:
    environment = answer["environment"]
    production = " (production: promotions need approval)" if environment["production"] else ""
    states = list(environment["wiring"].values())
    pending = [key for key, state in environment["wiring"].items() if state == "pending"]
    lines = [
        f"environment  {environment['name']}{production}",
        f"wiring       {len(states)} values"
        + (f", pending: {', '.join(pending)}" if pending else ""),
        f"data         {_part(answer['data'], 'none; run `prepare`', _data)}",
    ]
    models = answer["models"]
    if models is None or "problem" in models:
        lines.append(f"models       {_part(models, 'none; run `train`', str)}")
    else:
        lines += [f"{alias:<13}{_model(model)}" for alias, model in models.items()]
    lines.append(f"report       {_part(answer['report'], 'none; run `monitor`', _report)}")
    lines.append(f"retraining   {_part(answer['retraining'], 'none yet', _retraining)}")
    return lines


def _part(value: dict[str, Any] | None, absent: str, words: Any) -> str:
    if value is None:
        return absent
    return str(value["problem"]) if "problem" in value else str(words(value))


def _data(data: dict[str, Any]) -> str:
    rows = ", ".join(f"{name} {table['rows']}" for name, table in data["tables"].items())
    return f"{data['version'][:12]}: {rows} rows; {data['time']}"


def _model(model: dict[str, Any] | None) -> str:
    return f"version {model['version']}, gate: {model['gate'] or 'not run'}" if model else "none"


def _report(report: dict[str, Any]) -> str:
    drift = "drift" if report["drifted"] else "no drift"
    drift = drift if report["judged"] else "too few rows to tell drift"
    area = f", AUC {report['auc']:.3f}" if report["auc"] is not None else ""
    return f"{drift}{area}, model version {report['model_version']}; {report['time']}"


def _retraining(run: dict[str, Any]) -> str:
    ended = f"ended {run['ended']}" if run["ended"] else "not ended"
    return f"started {run['started']}, {ended}: {run['outcome'] or 'no outcome'}"
