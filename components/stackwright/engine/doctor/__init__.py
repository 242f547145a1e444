"""Finds what stands in the way of working on an environment, each with what mends it."""

from stackwright.engine.doctor.checkup import checkup
from stackwright.engine.doctor.finding import Finding, Health

__all__ = ["Finding", "Health", "checkup"]
