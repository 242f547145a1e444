"""A diff as one HTML file: the worst on top, the platform coloured by change, every resource."""

from stackwright.report.diff.html.report import html

__all__ = ["html"]
