"""Look for drift and measure the performance of recent predictions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from .. import console
from ..errors import AnswerNo
from . import _options

if TYPE_CHECKING:
    from ..monitoring.report import Report
    from ..project import Project


@click.command
@click.option(
    "--window-hours",
    type=click.FloatRange(min=0, min_open=True, max=24 * 3650),
    metavar="HOURS",
    help="Hours of predictions to look at; those of configuration/project.yaml by default.",
)
@click.option("--report-only", is_flag=True, help="Exit with 0 also when drift is found.")
@_options.answer_format
@click.pass_obj
def command(project: Project, window_hours: float | None, report_only: bool, form: str) -> None:
    """Look for drift and measure the performance of recent predictions.

    Compares the predictions of the champion with the data it was trained on, and with their labels
    where there are any. The report goes to the storage of reports; the service shows the latest as
    metrics. Exits with 3 when the input has drifted.
    """
    from ..monitoring.report import write_report
    from ..monitoring.run import monitor

    report = monitor(project, datetime.now(UTC), window_hours)
    place = write_report(project.storage("reports"), report)
    if form == "json":
        console.json(report.document())
    else:
        _show(report, place)
    if report.drift.drifted and not report_only:
        drifted = sum(feature.drifted for feature in report.drift.features.values())
        raise AnswerNo(f"the input has drifted: {drifted} of {len(report.drift.features)} features")


def _show(report: Report, place: str) -> None:
    window = report.window
    console.out(
        f"version {report.model_version}: {window.rows} predictions "
        f"since {window.start:%Y-%m-%d %H:%M} UTC"
    )
    if window.other_rows:
        console.out(f"left out: {window.other_rows} predictions of other versions")
    if window.rejected:
        console.out(f"left out: {window.rejected} lines of the log that cannot be read")
    if not window.enough_rows:
        console.out(
            f"drift: not enough rows: {window.rows}, and {window.minimum_rows} are needed to judge"
        )
    for name, feature in sorted(report.drift.features.items(), key=lambda item: -item[1].psi):
        mark = "drifted" if feature.drifted else "quiet"
        console.out(f"  {name}: {mark} (PSI {feature.psi:.3f}, p {feature.p_value:.2g})")
    if window.enough_rows and not report.drift.drifted:
        console.out(f"drift: none; {report.drift.share:.2f} of the features drifted")
    if report.performance is None:
        console.out("performance: unknown, no labels")
    else:
        figures = report.performance
        area = "undefined (one label only)" if figures.auc is None else f"{figures.auc:.3f}"
        console.out(
            f"performance: area under the ROC curve {area}, precision {figures.precision:.3f}, "
            f"recall {figures.recall:.3f}, on {figures.rows} labelled predictions"
        )
    console.out(f"wrote {place}")
