"""A diff as annotations of a check run: a remark at each line of the blueprint that caused it."""

from __future__ import annotations

from dataclasses import dataclass

from stackwright.diff.model import Diff
from stackwright.report.diff.remarks import Level, remarks

MOST = 50
"""Annotations of one check: what GitHub takes in one request, and more than anybody reads."""

_LEVELS = {Level.NOTE: "notice", Level.WARNING: "warning", Level.ERROR: "failure"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation, in the words of GitHub's checks; its texts are plain text."""

    path: str
    start_line: int
    annotation_level: str
    """`notice`, `warning` or `failure`."""
    title: str
    message: str


def annotate(diff: Diff, most: int = MOST) -> tuple[Annotation, ...]:
    """Return the annotations of the worst findings.

    Args:
        diff: What to annotate; it may come from a stranger.
        most: How many at most. What is beyond it is in the comment.
    """
    return tuple(
        Annotation(one.file, one.line, _LEVELS[one.level], one.title, one.message)
        for one in remarks(diff)[:most]
    )
