"""The operator of CloudNativePG: one per cluster."""

from __future__ import annotations

from collections.abc import Callable

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from stackwright.contracts import Monitoring
from stackwright.database.cloudnative_pg.settings import CloudnativePgSettings
from stackwright.kubernetes.metrics import scrape_ingress
from stackwright.kubernetes.namespace import (
    Rule,
    cluster_api_egress,
    isolated_namespace,
    network_policy,
    to_namespaces,
    webhook_ingress,
)
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.releases import Chart, chart_placement, helm_release, image
from stackwright.kubernetes.workloads import resources

CHART = Chart("cloudnative-pg", "https://cloudnative-pg.github.io/charts")

IMAGE = "ghcr.io/cloudnative-pg/cloudnative-pg"

WEBHOOK_PORT = 9443
METRICS_PORT = 8080
STATUS_PORT = 8000
"""Where a server tells the operator how it is (CloudNativePG documentation, "Networking")."""


def operator(
    name: str,
    names: ObjectNames,
    settings: CloudnativePgSettings,
    monitoring: Monitoring | None,
    child: Callable[..., pulumi.ResourceOptions],
) -> Release:
    """Install the operator in a namespace of its own.

    Args:
        name: Name that the resources' names begin with.
        names: Names and labels of the operator.
        settings: Settings of the tool.
        monitoring: Who scrapes, if anybody.
        child: Returns the options of a resource.
    """
    home = isolated_namespace(name, names, opts=child())
    inside = child(depends_on=[home])
    ingress: list[Rule] = [webhook_ingress(WEBHOOK_PORT)]
    if monitoring is not None:
        ingress.append(scrape_ingress(monitoring, METRICS_PORT))
    egress = [cluster_api_egress(), to_namespaces({}, STATUS_PORT)]
    network_policy(name, names, pods={}, ingress=ingress, egress=egress, opts=inside)
    return helm_release(
        f"{name}-release",
        CHART,
        scope=names.scope,
        settings=settings,
        release_name=CHART.name,
        namespace=names.namespace,
        values={
            "crds": {"create": True},
            "config": {"clusterWide": True},
            "image": {"repository": image(IMAGE, names.scope)},
            "resources": resources("100m", "256Mi"),
            "priorityClassName": settings.scheduling.priority_class,
            **chart_placement(settings),
        },
        # The definitions go with the release, and with them every database of the cluster.
        opts=child(depends_on=[home], protect=True),
    )
