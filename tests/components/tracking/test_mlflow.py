from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.tracking.mlflow.component import Mlflow
from stackwright.tracking.mlflow.settings import MlflowSettings

InCluster = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

PASSWORD = {"store": "acme", "key": "mlflow-database", "property": "password"}
GIVEN: dict[str, Any] = {
    "backend": {
        "host": "db.example.com",
        "port": 5432,
        "database": "mlflow",
        "username": "mlflow",
        "password": PASSWORD,
        "sslmode": "verify-full",
    },
    "artifacts": {"bucket": "b", "url": "s3://b/tracking-artifacts", "region": "eu-west-1"},
    "secrets": {"store": "acme"},
}
MONITORING = {"monitoring": {"label": "prometheus", "namespace": "acme-ml-prod-monitoring"}}


def mlflow(
    in_cluster: InCluster, scope: Scope, settings: Any = None, **more: Any
) -> Mapping[str, Resource]:
    args: Any = {"scope": scope, "settings": settings or {}, **GIVEN, **more}
    return in_cluster(lambda options: Mlflow("tracking", args, options))


def variables(resource: Resource) -> dict[str, str]:
    (server,) = resource.inputs["spec"]["template"]["spec"]["containers"]
    return {item["name"]: item["value"] for item in server["env"] if "value" in item}


def test_it_is_these_objects(in_cluster: InCluster, scope: Scope) -> None:
    made = mlflow(in_cluster, scope, **MONITORING)
    assert {name: r.type.split(":")[-1] for name, r in made.items() if name != "cluster"} == {
        "tracking-namespace": "Namespace",
        "tracking-deny-all": "NetworkPolicy",
        "tracking-network-policy": "NetworkPolicy",
        "tracking-account": "ServiceAccount",
        "tracking-backend": "ExternalSecret",
        "tracking": "Deployment",
        "tracking-service": "Service",
        "tracking-disruption-budget": "PodDisruptionBudget",
        "tracking-service-monitor": "ServiceMonitor",
    }


def test_nothing_is_scraped_where_there_is_no_monitoring(
    in_cluster: InCluster, scope: Scope
) -> None:
    assert "tracking-service-monitor" not in mlflow(in_cluster, scope)


def test_the_password_stays_where_it_is_kept(in_cluster: InCluster, scope: Scope) -> None:
    made = mlflow(in_cluster, scope)
    spec = made["tracking-backend"].inputs["spec"]
    assert spec["target"]["template"]["data"] == {
        "MLFLOW_BACKEND_STORE_URI": (
            "postgresql+psycopg2://mlflow:{{ .password }}"
            "@db.example.com:5432/mlflow?sslmode=verify-full"
        )
    }
    (entry,) = spec["data"]
    assert entry["remoteRef"] == {"key": "mlflow-database", "property": "password"}
    assert not any("URI" in name for name in variables(made["tracking"]))


def test_a_verified_database_is_checked_by_whom_its_contract_names(
    in_cluster: InCluster, scope: Scope
) -> None:
    plain = mlflow(in_cluster, scope)["tracking"]
    backend = {**GIVEN["backend"], "sslrootcert": "system"}
    verified = mlflow(in_cluster, scope, **{"backend": backend})["tracking"]
    assert "PGSSLROOTCERT" not in variables(plain)
    assert variables(verified)["PGSSLROOTCERT"] == "system"
    assert variables(verified)["SSL_CERT_FILE"] == "/etc/ssl/certs/ca-certificates.crt"


def test_the_database_is_migrated_before_the_server_starts(
    in_cluster: InCluster, scope: Scope
) -> None:
    pod = mlflow(in_cluster, scope)["tracking"].inputs["spec"]["template"]["spec"]
    (migration,) = pod["initContainers"]
    assert migration["command"][-1] == 'exec mlflow db upgrade "$MLFLOW_BACKEND_STORE_URI"'
    assert migration["envFrom"] == [{"secretRef": {"name": "mlflow-backend"}}]


def test_it_answers_to_its_own_names_and_no_others(in_cluster: InCluster, scope: Scope) -> None:
    made = mlflow(in_cluster, scope, {"allowed_hosts": ["mlflow.example.com"]})
    hosts = variables(made["tracking"])["MLFLOW_SERVER_ALLOWED_HOSTS"].split(",")
    assert "tracking.acme-ml-prod-tracking.svc:5000" in hosts
    assert "mlflow.example.com" in hosts
    assert "$(POD_IP):5000" in hosts
    assert not any("*" in host for host in hosts)


def test_an_access_key_comes_by_secret_where_the_store_has_one(
    in_cluster: InCluster, scope: Scope
) -> None:
    keys = {"access_key_id": PASSWORD, "secret_access_key": PASSWORD}
    artifacts = {**GIVEN["artifacts"], "endpoint": "http://s3.svc:8333", "credentials": keys}
    made = mlflow(in_cluster, scope, artifacts=artifacts)
    names = [entry["secretKey"] for entry in made["tracking-artifacts"].inputs["spec"]["data"]]
    assert names == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    assert variables(made["tracking"])["MLFLOW_S3_ENDPOINT_URL"] == "http://s3.svc:8333"


def test_only_the_platform_and_prometheus_get_in(in_cluster: InCluster, scope: Scope) -> None:
    policy = mlflow(in_cluster, scope, **MONITORING)["tracking-network-policy"].inputs["spec"]
    selected = [rule["from"][0]["namespaceSelector"]["matchLabels"] for rule in policy["ingress"]]
    assert selected == [
        {"app.kubernetes.io/part-of": "acme-ml", "stackwright.dev/environment": "prod"},
        {"kubernetes.io/metadata.name": "acme-ml-prod-monitoring"},
    ]


def test_egress_never_leads_to_the_metadata_service(in_cluster: InCluster, scope: Scope) -> None:
    made = mlflow(in_cluster, scope, {"egress_ports": [9000]})
    rules = made["tracking-network-policy"].inputs["spec"]["egress"]
    outside = rules[0]
    assert outside["to"][0]["ipBlock"]["except"] == ["169.254.169.254/32"]
    assert [port["port"] for port in outside["ports"]] == [443, 8333, 5432, 9000]


def test_more_replicas_move_no_resource(in_cluster: InCluster, scope: Scope) -> None:
    one, three = (mlflow(in_cluster, scope, {"replicas": count}) for count in (1, 3))
    assert {r.urn for r in one.values()} == {r.urn for r in three.values()}
    assert three["tracking"].inputs["spec"]["replicas"] == 3


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("replicas", 0),
        ("replicas", 11),
        ("image", "mlflow"),
        ("egress_ports", [0]),
        ("memory", "much"),
        ("password", "hunter2"),
    ],
)
def test_settings_refuse_what_is_out_of_bounds(key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        MlflowSettings.model_validate_json(json.dumps({"kind": "mlflow", key: value}))


def test_ten_replicas_are_the_most() -> None:
    assert MlflowSettings.model_validate_json('{"kind": "mlflow", "replicas": 10}').replicas == 10
