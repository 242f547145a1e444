"""A diff as Markdown for a pull request: the worst first, the rest folded, everything escaped."""

from stackwright.report.diff.markdown.report import markdown, sections

__all__ = ["markdown", "sections"]
