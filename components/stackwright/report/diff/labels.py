"""The few words of a diff that stand outside of its report: labels and the title of a check."""

from __future__ import annotations

from stackwright.diff.model import Diff, Risk
from stackwright.report.diff.wording import cut

_PREFIX = "stackwright: "

_REFUSED = f"{_PREFIX}refused"

LABELS = (
    *(f"{_PREFIX}{risk.value}" for risk in Risk if risk is not Risk.ROUTINE),
    _REFUSED,
)
"""Every label that `labels` may give; what it does not give, and is in here, is to be removed."""

LONGEST_TITLE = 200
"""Characters of the title of a check."""


def labels(diff: Diff) -> tuple[str, ...]:
    """Return the labels that a pull request gets, such as `stackwright: data-loss`.

    One for each risk that was found, the worst first, and one when the answer is no. A routine
    change has none.
    """
    found = [f"{_PREFIX}{risk.value}" for risk in Risk if diff.verdict.risks.get(risk)]
    refused = [_REFUSED] if diff.verdict.refused else []
    return tuple(label for label in [*found, *refused] if label in LABELS)


def title(diff: Diff) -> str:
    """Return the verdict as one line of plain text, as the title of a check."""
    return cut(diff.verdict.sentence, LONGEST_TITLE)
