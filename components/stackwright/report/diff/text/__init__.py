"""A diff as plain text for a terminal: the worst first, then every cause."""

from stackwright.report.diff.text.report import text

__all__ = ["text"]
