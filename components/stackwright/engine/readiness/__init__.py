"""Tells whether what was deployed works: workloads are ready, endpoints answer."""

from stackwright.engine.readiness.state import Readiness, State
from stackwright.engine.readiness.wait import wait

__all__ = ["Readiness", "State", "wait"]
