from __future__ import annotations

from collections.abc import Callable, Mapping

import pulumi

from stackwright.contracts import Monitoring
from stackwright.kubernetes.metrics import pod_monitor, scrape_ingress, service_monitor
from stackwright.kubernetes.objects import ObjectNames
from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.tracking.mlflow.settings import MlflowSettings

InCluster = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

SETTINGS = MlflowSettings.model_validate_json('{"kind": "mlflow"}')
MONITORING = Monitoring(label="prometheus", namespace="monitoring")


def provided(options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Return options for a resource; those of the fixture are for a component."""
    assert isinstance(options.providers, list)
    return pulumi.ResourceOptions(provider=options.providers[0])


def test_a_monitor_carries_the_label_that_prometheus_selects(
    in_cluster: InCluster, scope: Scope
) -> None:
    names = ObjectNames(scope, "web", SETTINGS)
    made = in_cluster(
        lambda options: service_monitor(
            "web", names, MONITORING, path="/stats", opts=provided(options)
        )
    )
    monitor = made["web-service-monitor"].inputs
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["spec"]["endpoints"] == [{"port": "http", "path": "/stats", "interval": "30s"}]


def test_pods_are_scraped_where_relabelings_say(in_cluster: InCluster, scope: Scope) -> None:
    names = ObjectNames(scope, "web", SETTINGS)
    made = in_cluster(
        lambda options: pod_monitor(
            "web",
            names,
            MONITORING,
            pods={"matchLabels": {"app": "model"}},
            relabelings=[{"targetLabel": "model", "replacement": "churn"}],
            opts=provided(options),
        )
    )
    spec = made["web-pod-monitor"].inputs["spec"]
    assert spec["selector"] == {"matchLabels": {"app": "model"}}
    (endpoint,) = spec["podMetricsEndpoints"]
    assert endpoint["relabelings"] == [{"targetLabel": "model", "replacement": "churn"}]


def test_only_prometheus_own_namespace_may_scrape() -> None:
    rule = scrape_ingress(MONITORING, 8080)
    (source,) = rule["from_"]
    assert source["namespace_selector"] == {
        "match_labels": {"kubernetes.io/metadata.name": "monitoring"}
    }
    assert [port["port"] for port in rule["ports"]] == [8080]
