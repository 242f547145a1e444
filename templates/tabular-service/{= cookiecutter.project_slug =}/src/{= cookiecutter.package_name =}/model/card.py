"""The model card: what a person must know before using the model, made from the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import PROJECT
from .metrics import Metrics

if TYPE_CHECKING:
    from .candidate import Candidate

SMALLEST_GROUP = 10
"""A group with fewer rows is not described: its figures would say something about single rows."""

_FOR_PEOPLE = """\
## Intended use

To be written by the people who answer for this model:

- Who uses the decisions, and for what?
- What happens after a wrong decision, and who can correct it?
- For whom or for what must it not be used?

## Limits

- The figures are of the rows named above. Other rows may give other figures.
- The threshold weighs the two kinds of error by the costs in configuration/project.yaml.
- Groups that the data hold few of are judged poorly, and groups that are no slice are not judged.
"""


def model_card(candidate: Candidate, environment: str) -> str:
    """The card in Markdown. It holds figures of groups only, none of single rows."""
    own = candidate.bundle.contract
    facts = {
        "Kind": own.model,
        "Made": f"{own.created:%Y-%m-%d %H:%M} UTC, environment {environment}",
        "Commit": own.commit,
        "Data version": own.data_version,
        "Rows": ", ".join(f"{count} {name}" for name, count in candidate.rows.items()),
        "Decision 1 means": own.label,
        "Threshold": f"{own.threshold:.4f} ({own.threshold_rule})",
        "Baseline": (
            f"one feature, {candidate.baseline_feature}: "
            f"AUC {_figure(candidate.baseline_auc)} on the validation rows"
        ),
    }
    features = "".join(
        f"- {feature.name}: {feature.type}{', personal' if feature.personal else ''}\n"
        for feature in own.features
    )
    return "\n".join(
        [
            f"# {PROJECT}\n",
            *(f"- {name}: {value}" for name, value in facts.items()),
            "\n## Validation rows\n",
            _table({"all": candidate.metrics} | dict(candidate.slices)),
            "The threshold was chosen on these rows, so the last four columns flatter. The gate\n"
            "judges on other rows: `evaluate` shows them.\n",
            "## Features\n",
            features,
            _FOR_PEOPLE,
        ]
    )


def _table(groups: dict[str, Metrics]) -> str:
    lines = [
        "| Rows | Number | AUC | Brier | Accuracy | Precision | Recall | F1 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, metrics in groups.items():
        cell = name.replace("|", "\\|")
        if metrics.rows < SMALLEST_GROUP:
            lines.append(f"| {cell} | under {SMALLEST_GROUP} | | | | | | |")
            continue
        figures = (
            metrics.auc,
            metrics.brier,
            metrics.accuracy,
            metrics.precision,
            metrics.recall,
            metrics.f1,
        )
        shown = " | ".join(_figure(figure) for figure in figures)
        lines.append(f"| {cell} | {metrics.rows} | {shown} |")
    return "\n".join(lines) + "\n"


def _figure(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3f}"
