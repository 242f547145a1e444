"""The platform's alerts as data: what is wrong, how bad it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How fast a person must act."""

    CRITICAL = "critical"
    """Now: users are hit."""
    WARNING = "warning"
    """Within a working day."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of Prometheus."""

    name: str
    expression: str
    """PromQL; `{namespaces}` stands for a regular expression of the environment's namespaces."""
    lasting: str
    """How long the expression holds before the alert fires, in Prometheus' words."""
    severity: Severity
    summary: str
    """What is wrong, in one sentence; Prometheus fills in `{{ $labels.x }}`."""
    runbook: str
    """What to look at and do first."""


# Error rate and latency follow the multi-window idea of the Google SRE workbook, chapter 5, in
# its simplest form: one window of 5 minutes that must hold for 10.
_REQUESTS = 'mlflow_http_request_duration_seconds_count{namespace=~"{namespaces}"}'

ALERTS = (
    Alert(
        name="TrackingServerDown",
        expression=(
            "kube_deployment_status_replicas_available"
            '{namespace=~"{namespaces}", deployment=~".*(tracking|mlflow).*"} == 0'
        ),
        lasting="5m",
        severity=Severity.CRITICAL,
        summary="No pod of tracking server {{ $labels.deployment }} answers.",
        runbook=(
            "Runs cannot be logged. Look at the pods of the Deployment: `kubectl describe pod` "
            "tells of a missing Secret or image, the log of container `migrate` of a database "
            "that is not reached."
        ),
    ),
    Alert(
        name="HighErrorRate",
        expression=(
            "sum by (namespace, service) (rate("
            'mlflow_http_request_total{namespace=~"{namespaces}", status=~"5.."}[5m]))'
            f" / sum by (namespace, service) (rate({_REQUESTS}[5m])) > 0.05"
        ),
        lasting="10m",
        severity=Severity.CRITICAL,
        summary="More than 5 % of the requests to {{ $labels.service }} fail.",
        runbook=(
            "Read the log of the Service's pods for the first error. If it names the database or "
            "the object store, look at those; if it began with a rollout, undo the rollout."
        ),
    ),
    Alert(
        name="HighLatency",
        expression=(
            "histogram_quantile(0.95, sum by (namespace, service, le) (rate("
            'mlflow_http_request_duration_seconds_bucket{namespace=~"{namespaces}"}[5m]))) > 2'
        ),
        lasting="10m",
        severity=Severity.WARNING,
        summary="One request in twenty to {{ $labels.service }} takes more than 2 s.",
        runbook=(
            "Compare CPU and memory of the pods with their requests. Add replicas when they are "
            "used up; else look at the database's slow queries."
        ),
    ),
    Alert(
        name="PodNotReady",
        expression=(
            "max by (namespace, pod) (kube_pod_status_phase"
            '{namespace=~"{namespaces}", phase=~"Pending|Unknown|Failed"}) > 0'
            " or max by (namespace, pod) (kube_pod_container_status_waiting_reason"
            '{namespace=~"{namespaces}", reason=~"CrashLoopBackOff|ImagePullBackOff"}) > 0'
        ),
        lasting="15m",
        severity=Severity.WARNING,
        summary="Pod {{ $labels.pod }} in {{ $labels.namespace }} does not get ready.",
        runbook=(
            "`kubectl describe pod` says why: an image, a Secret, a volume, or no node with room. "
            "`kubectl logs --previous` shows the last words of a container that restarts."
        ),
    ),
    Alert(
        name="VolumeNearlyFull",
        expression=(
            'kubelet_volume_stats_available_bytes{namespace=~"{namespaces}"}'
            ' / kubelet_volume_stats_capacity_bytes{namespace=~"{namespaces}"} < 0.15'
        ),
        lasting="15m",
        severity=Severity.WARNING,
        summary="Volume {{ $labels.persistentvolumeclaim }} has less than 15 % left.",
        runbook=(
            "Raise the size in the blueprint; the volume grows in place where its StorageClass "
            "allows it. Delete nothing inside the volume by hand."
        ),
    ),
    Alert(
        name="GpuPodsPending",
        expression=(
            "sum by (namespace, pod) (kube_pod_container_resource_requests"
            '{resource="nvidia_com_gpu"}) > 0'
            " and on (namespace, pod) max by (namespace, pod) "
            '(kube_pod_status_phase{phase="Pending"}) > 0'
        ),
        lasting="20m",
        severity=Severity.WARNING,
        summary="Pod {{ $labels.pod }} in {{ $labels.namespace }} waits for a GPU.",
        runbook=(
            "The GPU pool is at its largest, its zone has no such machine, or the account's quota "
            "is used up. Look at the events of the pod and at the pool's limits."
        ),
    ),
)


def groups(namespaces: str) -> list[dict[str, Any]]:
    """Return the alerts as the groups of a PrometheusRule.

    Args:
        namespaces: Regular expression of the environment's namespaces.
    """
    return [{"name": "stackwright.platform", "rules": list(_rules(namespaces))}]


def _rules(namespaces: str) -> Iterator[dict[str, Any]]:
    for alert in ALERTS:
        yield {
            "alert": alert.name,
            "expr": alert.expression.replace("{namespaces}", namespaces),
            "for": alert.lasting,
            "labels": {"severity": str(alert.severity)},
            "annotations": {"summary": alert.summary, "runbook": alert.runbook},
        }
