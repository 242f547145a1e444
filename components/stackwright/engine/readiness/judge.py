"""Judges whether an object of Kubernetes is ready, by what it says of itself.

Sources: Kubernetes documentation, "Deployments" (status), "StatefulSets", "DaemonSet", "Jobs"; API
conventions, "Typical status properties".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackwright.engine.readiness.state import State, Verdict

Object = Mapping[str, Any]

_NOT_SEEN = Verdict(State.WAITING, "its controller has not seen the change yet")


def judge(kind: str, found: Object) -> Verdict:
    """Return how far an object is; one that says nothing of itself is ready by being there."""
    status: Object = found.get("status") or {}
    if kind in _COUNTED:
        if _is_behind(found, status):
            return _NOT_SEEN
        return _COUNTED[kind](found.get("spec") or {}, status)
    if kind == "Job":
        return _job(status)
    return _conditions(found, status)


def says_how_far(definition: Object, version: str) -> bool:
    """Tell whether objects of a CustomResourceDefinition say how far they are."""
    for known in (definition.get("spec") or {}).get("versions") or []:
        if known.get("name") == version:
            schema = (known.get("schema") or {}).get("openAPIV3Schema") or {}
            status = (schema.get("properties") or {}).get("status") or {}
            return not {"conditions", "applied"}.isdisjoint(status.get("properties") or {})
    return False


def condition(status: Object, kind: str) -> Object:
    """Return the condition of a type; empty when it is not told."""
    for known in status.get("conditions") or []:
        if isinstance(known, Mapping) and known.get("type") == kind:
            return known
    return {}


def _is_behind(found: Object, status: Object) -> bool:
    generation = int((found.get("metadata") or {}).get("generation") or 0)
    return int(status.get("observedGeneration") or 0) < generation


def _deployment(spec: Object, status: Object) -> Verdict:
    progressing = condition(status, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Verdict(State.FAILED, _message(progressing, "it made no progress in time"))
    failure = condition(status, "ReplicaFailure")
    if failure.get("status") == "True":
        return Verdict(State.WAITING, _message(failure, "no pod can be made"))
    wanted = _wanted(spec)
    return _count(wanted, _number(status, "updatedReplicas"), _number(status, "availableReplicas"))


def _stateful_set(spec: Object, status: Object) -> Verdict:
    wanted = _wanted(spec)
    updated = _number(status, "updatedReplicas")
    if status.get("currentRevision") == status.get("updateRevision"):
        updated = wanted
    return _count(wanted, updated, _number(status, "readyReplicas"))


def _daemon_set(_: Object, status: Object) -> Verdict:
    wanted = _number(status, "desiredNumberScheduled")
    updated = _number(status, "updatedNumberScheduled")
    return _count(wanted, updated, _number(status, "numberAvailable"))


def _job(status: Object) -> Verdict:
    for kind in ("Complete", "SuccessCriteriaMet"):
        if condition(status, kind).get("status") == "True":
            return Verdict(State.READY, "it is done")
    failed = condition(status, "Failed")
    if failed.get("status") == "True":
        return Verdict(State.FAILED, _message(failed, "it failed"))
    tries = _number(status, "failed")
    return Verdict(State.WAITING, f"it runs, after {tries} failures" if tries else "it runs")


def _conditions(found: Object, status: Object) -> Verdict:
    generation = int((found.get("metadata") or {}).get("generation") or 0)
    for kind in ("Ready", "Available"):
        known = condition(status, kind)
        if not known:
            continue
        if known.get("status") == "True":
            seen = int(known.get("observedGeneration") or generation)
            return Verdict(State.READY, "it is ready") if seen >= generation else _NOT_SEEN
        return Verdict(State.WAITING, _message(known, f"it is not {kind.lower()}"))
    if status.get("applied"):
        return Verdict(State.READY, "it is applied")
    if "applied" in status:
        return Verdict(State.WAITING, _message(status, "it is not applied"))
    return Verdict(State.WAITING, "its controller has said nothing of it yet")


def _count(wanted: int, updated: int, available: int) -> Verdict:
    if updated < wanted:
        return Verdict(State.WAITING, f"{updated} of {wanted} pods are of the new version")
    if available < wanted:
        return Verdict(State.WAITING, f"{available} of {wanted} pods are ready")
    return Verdict(State.READY, f"{wanted} of {wanted} pods are ready")


def _wanted(spec: Object) -> int:
    return int(1 if spec.get("replicas") is None else spec["replicas"])


def _number(status: Object, key: str) -> int:
    return int(status.get(key) or 0)


def _message(known: Object, otherwise: str) -> str:
    text = " ".join(str(known.get("message") or known.get("reason") or otherwise).split())
    return text[:_LONGEST].rstrip(".")


_LONGEST = 300
"""Characters of a controller's own words that are shown."""

_COUNTED = {"Deployment": _deployment, "StatefulSet": _stateful_set, "DaemonSet": _daemon_set}
