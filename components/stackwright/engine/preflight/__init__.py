"""Finds out whether what a blueprint assumes is true, before anything is changed."""

from stackwright.engine.preflight.access import open_api
from stackwright.engine.preflight.coverage import Coverage, coverage
from stackwright.engine.preflight.declared import declared
from stackwright.engine.preflight.result import Result, State
from stackwright.engine.preflight.verify import verify

__all__ = ["Coverage", "Result", "State", "coverage", "declared", "open_api", "verify"]
