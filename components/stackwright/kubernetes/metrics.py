"""How Prometheus finds what a workload measures, where there is monitoring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from stackwright.contracts import Monitoring
from stackwright.kubernetes.namespace import Rule, from_namespaces
from stackwright.kubernetes.objects import ObjectNames

API_VERSION = "monitoring.coreos.com/v1"

INTERVAL = "30s"
"""Time between two scrapes, the chart's own default for its monitors (kube-prometheus)."""


def service_monitor(
    name: str,
    names: ObjectNames,
    monitoring: Monitoring,
    *,
    opts: pulumi.ResourceOptions,
    path: str = "/metrics",
) -> CustomResource:
    """Have the port `http` of the instance's Service scraped.

    Args:
        name: Name that the resource's name begins with.
        names: Names and labels of the instance.
        monitoring: Who scrapes.
        opts: Options of the resource.
        path: HTTP path of the metrics.
    """
    return CustomResource(
        f"{name}-service-monitor",
        api_version=API_VERSION,
        kind="ServiceMonitor",
        metadata=names.metadata(names.instance, labels={"release": monitoring["label"]}),
        spec={
            "selector": {"matchLabels": names.selector()},
            "endpoints": [{"port": "http", "path": path, "interval": INTERVAL}],
        },
        opts=opts,
    )


def pod_monitor(
    name: str,
    names: ObjectNames,
    monitoring: Monitoring,
    *,
    pods: dict[str, Any],
    relabelings: Sequence[dict[str, Any]],
    opts: pulumi.ResourceOptions,
) -> CustomResource:
    """Have pods of the instance's namespace scraped directly.

    Args:
        name: Name that the resource's name begins with.
        names: Names and labels of the instance.
        monitoring: Who scrapes.
        pods: Label selector of the pods.
        relabelings: How address and path follow from what a pod says of itself.
        opts: Options of the resource.
    """
    return CustomResource(
        f"{name}-pod-monitor",
        api_version=API_VERSION,
        kind="PodMonitor",
        metadata=names.metadata(names.instance, labels={"release": monitoring["label"]}),
        spec={
            "selector": pods,
            "podMetricsEndpoints": [{"interval": INTERVAL, "relabelings": list(relabelings)}],
        },
        opts=opts,
    )


def scrape_ingress(monitoring: Monitoring, *ports: int) -> Rule:
    """Return the rule that lets Prometheus in, wherever it was installed."""
    return from_namespaces({"kubernetes.io/metadata.name": monitoring["namespace"]}, *ports)
