from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.claims import Layer, ObjectStoreClaim
from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.serving.deployment.component import ModelDeployment
from stackwright.serving.deployment.settings import DeploymentSettings

InCluster = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

IMAGE = "registry.example.com/acme/churn:1.4.0"
REFERENCE = {"from": "aws-secrets-manager", "name": "acme-ml/prod/api", "key": "key"}
MONITORING = {"monitoring": {"label": "prometheus", "namespace": "acme-ml-prod-monitoring"}}


def settings(**more: Any) -> DeploymentSettings:
    values = {"kind": "deployment", "image": IMAGE, **more}
    return DeploymentSettings.model_validate_json(json.dumps(values))


def served(
    in_cluster: InCluster, scope: Scope, given: Any = None, **more: Any
) -> Mapping[str, Resource]:
    args: Any = {"scope": scope, "settings": {"image": IMAGE, **(given or {})}, **more}
    return in_cluster(lambda options: ModelDeployment("serving", args, options))


def container(made: Mapping[str, Resource]) -> dict[str, Any]:
    (found,) = made["serving"].inputs["spec"]["template"]["spec"]["containers"]
    result: dict[str, Any] = found
    return result


def test_it_is_these_objects(in_cluster: InCluster, scope: Scope) -> None:
    made = served(in_cluster, scope, {"metrics_path": "/metrics"}, **MONITORING)
    assert {name: r.type.split(":")[-1] for name, r in made.items() if name != "cluster"} == {
        "serving-namespace": "Namespace",
        "serving-deny-all": "NetworkPolicy",
        "serving-network-policy": "NetworkPolicy",
        "serving-account": "ServiceAccount",
        "serving": "Deployment",
        "serving-service": "Service",
        "serving-disruption-budget": "PodDisruptionBudget",
        "serving-autoscaler": "HorizontalPodAutoscaler",
        "serving-service-monitor": "ServiceMonitor",
    }


def test_the_autoscaler_alone_decides_how_many_pods(in_cluster: InCluster, scope: Scope) -> None:
    made = served(in_cluster, scope, {"min_replicas": 2, "max_replicas": 6})
    assert "replicas" not in made["serving"].inputs["spec"]
    spec = made["serving-autoscaler"].inputs["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 6)
    assert spec["scaleTargetRef"]["name"] == "serving"


def test_a_model_is_found_by_its_url(in_cluster: InCluster, scope: Scope) -> None:
    artifacts = {"bucket": "acme", "url": "s3://acme", "region": "eu-west-1"}
    given = {"model_path": "tracking-artifacts/churn/3"}
    made = served(in_cluster, scope, given, artifacts=artifacts)
    env = {item["name"]: item["value"] for item in container(made)["env"]}
    assert env["MODEL_URL"] == "s3://acme/tracking-artifacts/churn/3"


def test_a_gpu_is_requested_and_limited_alike(in_cluster: InCluster, scope: Scope) -> None:
    resources = container(served(in_cluster, scope, {"gpu": 1}))["resources"]
    assert resources["requests"]["nvidia.com/gpu"] == resources["limits"]["nvidia.com/gpu"] == "1"


def test_a_secret_reaches_the_container_by_a_secret_only(
    in_cluster: InCluster, scope: Scope
) -> None:
    made = served(
        in_cluster, scope, {"secret_env": {"API_KEY": REFERENCE}}, secrets={"store": "acme"}
    )
    (entry,) = made["serving-environment"].inputs["spec"]["data"]
    assert entry["secretKey"] == "API_KEY"
    assert container(made)["envFrom"] == [{"secretRef": {"name": "serving"}}]
    assert "API_KEY" not in {item["name"] for item in container(made)["env"]}


def test_projects_beside_it_find_the_key_of_their_data_and_it_does_not(
    in_cluster: InCluster, scope: Scope
) -> None:
    key = {"store": "acme", "key": "serving-data", "property": "password"}
    data = {
        "bucket": "acme",
        "url": "s3://acme",
        "region": "eu-west-1",
        "credentials": {"access_key_id": key, "secret_access_key": key},
    }
    made = served(in_cluster, scope, {"service_accounts": ["churn-train"]}, data=data)
    spec = made["serving-data"].inputs["spec"]
    assert spec["target"]["name"] == "data-access-key"
    assert [entry["secretKey"] for entry in spec["data"]] == [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    ]
    assert "envFrom" not in container(made)


def test_data_is_claimed_for_projects_only() -> None:
    claims = settings(service_accounts=["churn-train"]).claims(Layer.PLATFORM)
    assert {"data", "identity", "secrets"} <= set(claims)
    assert "artifacts" not in claims
    data = claims["data"]
    assert isinstance(data, ObjectStoreClaim)
    assert (data.purpose, data.access) == ("data", "read-write-all")
    assert "data" not in settings(model_path="a/b").claims(Layer.PLATFORM)


def test_it_claims_only_what_it_uses() -> None:
    assert set(settings().claims(Layer.PLATFORM)) == {"cluster", "monitoring"}
    with_model = settings(model_path="a/b").claims(Layer.PLATFORM)
    assert {"artifacts", "identity", "secrets"} <= set(with_model)
    with_secret = settings(secret_env={"API_KEY": REFERENCE}).claims(Layer.PLATFORM)
    assert "artifacts" not in with_secret
    assert with_secret["secrets"].need == "required"


@pytest.mark.parametrize(
    "env",
    [
        {"DB_PASSWORD": "hunter2"},
        {"KEY_ID": "AKIAIOSFODNN7EXAMPLE"},
        {"DATABASE": "postgresql://me:hunter2@db.example.com/x"},
        {"MODEL_URL": "s3://mine"},
    ],
)
def test_a_secret_or_a_reserved_name_in_plain_text_is_refused(env: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        settings(env=env)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("image", "churn"),
        ("image", "registry.example.com/churn"),
        ("port", 80),
        ("health_path", "health"),
        ("min_replicas", 5),
        ("target_cpu_percent", 100),
        ("model_path", "/churn"),
        ("model_path", "../other"),
    ],
)
def test_settings_refuse_what_is_out_of_bounds(key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        settings(**{key: value})


def test_a_plain_setting_is_allowed_in_the_environment() -> None:
    assert settings(env={"LOG_LEVEL": "info"}).env == {"LOG_LEVEL": "info"}
