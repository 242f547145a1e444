from __future__ import annotations

from tests.components.report.diff.diffs import grave, large

from stackwright.report.diff.markdown import markdown
from stackwright.report.diff.parts import SUMMARY_BYTES
from stackwright.report.diff.summary import summary


def test_the_summary_is_the_whole_report() -> None:
    assert summary(grave()) == markdown(grave())


def test_a_summary_of_ten_thousand_resources_is_within_the_limit() -> None:
    made = summary(large(10_000))
    assert len(made.encode()) <= SUMMARY_BYTES
    assert "**10000 resources in 1 of 1 environment**" in made
    assert "**Left out:**" in made
