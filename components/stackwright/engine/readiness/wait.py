"""Waits until what was deployed is ready, and says all the while what is not and why."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from stackwright.engine.api_server.client import ApiServer
from stackwright.engine.api_server.faults import ApiFault, Fault
from stackwright.engine.readiness.endpoints import KIND as ENDPOINT
from stackwright.engine.readiness.endpoints import endpoints, judge_endpoint
from stackwright.engine.readiness.judge import judge
from stackwright.engine.readiness.pods import why_waiting
from stackwright.engine.readiness.state import Readiness, State, Target, Verdict
from stackwright.engine.readiness.wanted import Wanted
from stackwright.plan.graph import Layer

TIMEOUT = 600.0
"""Seconds after which what is not ready is told as it is."""

EVERY = 2.0
"""Seconds between two looks."""

_FINAL = frozenset({Fault.UNAUTHORIZED, Fault.FORBIDDEN, Fault.NO_KUBERNETES, Fault.TLS})
"""What does not pass by waiting."""


def wait(
    layer: Layer,
    api: ApiServer,
    *,
    timeout: float = TIMEOUT,
    report: Callable[[Readiness], None] = lambda _: None,
    every: float = EVERY,
) -> tuple[Readiness, ...]:
    """Wait until all workloads, custom resources and endpoints of a layer are ready.

    Args:
        layer: The layer as it is planned; what is ready is read from the cluster.
        api: The cluster, from `preflight.open_api`.
        timeout: Seconds after which it is told what waits still.
        report: Called with the first state of each thing, and whenever it changes.
        every: Seconds between two looks.

    Returns:
        How far each thing is, in the order of the plan, endpoints last. Nothing waits any more,
        unless the time is over.

    Raises:
        ApiFault: The cluster cannot be asked what is there.
    """
    end = time.monotonic() + timeout
    targets = _targets(layer, api, end, every)
    found: dict[Target, Readiness] = {}
    while True:
        for target in targets:
            if target in found and found[target].state in (State.READY, State.UNKNOWN):
                continue
            now = Readiness(target, *_look(api, target))
            if found.get(target) != now:
                found[target] = now
                report(now)
        waiting = any(now.state is State.WAITING for now in found.values())
        if not waiting or time.monotonic() + every > end:
            return tuple(found[target] for target in targets)
        time.sleep(every)


def _targets(layer: Layer, api: ApiServer, end: float, every: float) -> tuple[Target, ...]:
    """List what is to become ready; a server that is away for a moment is waited for."""
    while True:
        try:
            found = [*Wanted(layer, api).targets(), *endpoints(layer)]
            return tuple(dict.fromkeys(found))
        except ApiFault as fault:
            if fault.fault in _FINAL or time.monotonic() + every > end:
                raise
            time.sleep(every)


def _look(api: ApiServer, target: Target) -> tuple[State, str]:
    try:
        verdict = _verdict(api, target)
    except ApiFault as fault:
        state = State.UNKNOWN if fault.fault in _FINAL else State.WAITING
        return state, str(fault).rstrip(".")
    return verdict.state, verdict.reason


def _verdict(api: ApiServer, target: Target) -> Verdict:
    if target.kind == ENDPOINT:
        return judge_endpoint(api, target)
    found = api.find(target.path)
    if found is None:
        return Verdict(State.FAILED, "it is not in the cluster")
    verdict = judge(target.kind, found)
    if verdict.state is State.READY:
        return verdict
    return Verdict(verdict.state, _with_pods(api, found, verdict.reason))


def _with_pods(api: ApiServer, found: Any, reason: str) -> str:
    try:
        said = why_waiting(api, found)
    except ApiFault:
        # Who may not read pods may still see whether the workload is ready.
        said = ""
    return f"{reason}: {said}" if said else reason
