"""Judge a version on the holdout, its slices and recent rows: the gate.

The answer is noted on the version, and `promote` demands it. Exit code 3 when a check fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .. import console
from ..errors import AnswerNo
from ..project import Project
from . import _options

if TYPE_CHECKING:
    import pandas as pd

    from ..gate.checks import Check
    from ..gate.evaluation import GateResult


@click.command()
@_options.version
@_options.answer_format
@click.pass_obj
def command(project: Project, which: str, form: str) -> None:
    """Judge a version on the holdout, its slices and recent rows: the gate."""
    from ..gate.evaluation import evaluate
    from ..registry.versions import Registry

    version = Registry(project).require(which)
    result = evaluate(project, version, _recent_rows(project))
    if form == "json":
        console.json(result.report())
    else:
        _show(result)
    if not result.passed:
        names = ", ".join(check.name for check in result.failing)
        raise AnswerNo(f"version {version.number} fails the gate: {names}")


def _recent_rows(project: Project) -> pd.DataFrame | None:
    """The held back labelled rows of the monitoring window; None when there are none."""
    from datetime import UTC, datetime, timedelta

    from ..data.labelled import labelled_rows

    hours = project.settings.monitoring.window_hours
    recent = labelled_rows(project, datetime.now(UTC) - timedelta(hours=hours)).recent
    return None if recent.empty else recent


def _show(result: GateResult) -> None:
    against = "no champion" if result.champion is None else f"champion {result.champion}"
    console.out(f"version {result.version} against {against}")
    width = max(len(check.name) for check in result.checks)
    for check in result.checks:
        console.out(
            f"  {_word(check)}  {check.name:<{width}}  {_figure(check.value)}  "
            f"{_figure(check.limit)}  {check.detail}"
        )
    if result.passed:
        console.out(f"version {result.version} passes the gate; next: promote")


def _word(check: Check) -> str:
    if not check.passed:
        return "FAIL"
    return "pass" if check.limit is not None else "-   "


def _figure(value: float | None) -> str:
    return "     " if value is None else f"{value:5.3f}"
