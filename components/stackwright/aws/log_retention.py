"""How long CloudWatch keeps logs: the service knows a closed set of days."""

from __future__ import annotations

from enum import IntEnum


class LogRetention(IntEnum):
    """Days that a log group keeps its logs (CloudWatch Logs API, PutRetentionPolicy).

    Less than a year is not offered: an incident is often found after months (CIS and AWS
    Security Hub ask for 365 days).
    """

    ONE_YEAR = 365
    """One year."""
    THIRTEEN_MONTHS = 400
    """Thirteen months."""
    EIGHTEEN_MONTHS = 545
    """Eighteen months."""
    TWO_YEARS = 731
    """Two years."""
    THREE_YEARS = 1096
    """Three years."""
    FIVE_YEARS = 1827
    """Five years."""
    SEVEN_YEARS = 2557
    """Seven years."""
    TEN_YEARS = 3653
    """Ten years."""
