"""What would stop a deployment halfway stands in every report, as plain text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.components.report.diff.diffs import grave

from stackwright.diff.model import Diff
from stackwright.diff.verdict import verdict
from stackwright.report.diff.formats import FORMATS, render

SENTENCE = "EKS cluster cluster: version from 1.35 to 1.34 <b>is</b> never lowered."


def hazardous() -> Diff:
    diff = grave()
    first, *others = diff.environments
    environments = (replace(first, hazards=(SENTENCE,)), *others)
    return replace(diff, environments=environments, verdict=verdict(environments, diff.projects))


def test_the_verdict_counts_it() -> None:
    assert "1 hazard for the deployment" in hazardous().verdict.sentence


@pytest.mark.parametrize("format_", sorted(FORMATS))
def test_every_report_tells_it(format_: str) -> None:
    said = render(hazardous(), format_)
    assert "never lowered" in said
    if format_ in ("markdown", "html"):
        assert "<b>is</b>" not in said


def test_code_scanning_gets_it_as_an_error() -> None:
    results = json.loads(render(hazardous(), "sarif"))["runs"][0]["results"]
    (found,) = [one for one in results if one["ruleId"] == "hazard"]
    assert found["level"] == "error"
    assert "never lowered" in found["message"]["text"]
