"""A diff as the summary of a job: all sections in one Markdown text."""

from __future__ import annotations

from stackwright.diff.model import Diff
from stackwright.report.diff.markdown import sections
from stackwright.report.diff.parts import SUMMARY_BYTES, parts


def summary(diff: Diff) -> str:
    """Return one text of at most `SUMMARY_BYTES` bytes; what is beyond that is counted in it."""
    return parts(sections(diff), SUMMARY_BYTES, most=1)[0]
