from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.workloads import (
    deployment,
    disruption_budget,
    probes,
    resources,
    service,
    service_account,
)
from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.tracking.mlflow.settings import MlflowSettings

InCluster = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

SETTINGS = MlflowSettings.model_validate_json(
    '{"kind": "mlflow", "scheduling": {"node_selector": {"pool": "general"}}}'
)


def provided(options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Return options for a resource; those of the fixture are for a component."""
    assert isinstance(options.providers, list)
    return pulumi.ResourceOptions(provider=options.providers[0])


def test_a_deployment_says_what_is_given_and_nothing_else(
    in_cluster: InCluster, scope: Scope
) -> None:
    names = ObjectNames(scope, "web", SETTINGS)
    container: Any = {"name": "server", "image": "registry.example.com/a:1"}
    made = in_cluster(
        lambda options: deployment("web", names, "web", [container], opts=provided(options))
    )
    spec = made["web"].inputs["spec"]
    assert set(spec) == {"selector", "template"}
    pod = spec["template"]["spec"]
    assert pod["nodeSelector"] == {"pool": "general"}
    assert pod["automountServiceAccountToken"] is False
    assert "initContainers" not in pod


def test_a_service_selects_the_instances_pods_and_stays_inside(
    in_cluster: InCluster, scope: Scope
) -> None:
    names = ObjectNames(scope, "web", SETTINGS)
    made = in_cluster(lambda options: service("web", names, 80, opts=provided(options)))
    assert made["web-service"].inputs["spec"] == {
        "type": "ClusterIP",
        "selector": {
            "app.kubernetes.io/instance": "acme-ml-prod-web",
            "app.kubernetes.io/name": "web",
        },
        "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
    }


def test_nodes_are_emptied_one_pod_at_a_time(in_cluster: InCluster, scope: Scope) -> None:
    names = ObjectNames(scope, "web", SETTINGS)
    made = in_cluster(lambda options: disruption_budget("web", names, opts=provided(options)))
    assert made["web-disruption-budget"].inputs["spec"]["maxUnavailable"] == 1


def test_no_pod_gets_a_token_by_its_account(in_cluster: InCluster, scope: Scope) -> None:
    names = ObjectNames(scope, "web", SETTINGS)
    made = in_cluster(lambda options: service_account("web", names, "web", opts=provided(options)))
    assert made["web-account"].inputs["automountServiceAccountToken"] is False
    assert "secrets" not in made["web-account"].inputs


def test_a_container_may_take_as_long_to_start_as_is_said() -> None:
    startup = probes("/health", startup_seconds=60)["startup_probe"]
    assert startup["period_seconds"] * startup["failure_threshold"] == 60


def test_gpus_are_in_requests_and_limits_only_where_there_are_any() -> None:
    assert resources("1", "1Gi") == {
        "requests": {"cpu": "1", "memory": "1Gi"},
        "limits": {"memory": "1Gi"},
    }
    assert resources("1", "1Gi", 2)["limits"] == {"memory": "1Gi", "nvidia.com/gpu": "2"}
