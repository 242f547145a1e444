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
from stackwright.serving.kserve import values
from stackwright.serving.kserve.component import Kserve
from stackwright.serving.kserve.settings import KserveSettings

InCluster = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

KEY = {"store": "acme", "key": "s3", "property": "key"}
ARTIFACTS: dict[str, Any] = {"bucket": "acme", "url": "s3://acme", "region": "eu-west-1"}
GATEWAY = {"namespace": "gateway", "name": "platform", "domain": "models.example.com"}


def kserve(
    in_cluster: InCluster, scope: Scope, given: Any = None, **more: Any
) -> Mapping[str, Resource]:
    args: Any = {
        "scope": scope,
        "settings": given or {},
        "artifacts": ARTIFACTS,
        "certificates": {"issuer": "internal"},
        **more,
    }
    return in_cluster(lambda options: Kserve("serving", args, options))


def controller(made: Mapping[str, Resource]) -> dict[str, Any]:
    result: dict[str, Any] = made["serving-kserve-resources"].inputs["values"]["kserve"]
    return result


def test_three_charts_are_installed_one_after_the_other(
    in_cluster: InCluster, scope: Scope
) -> None:
    made = kserve(in_cluster, scope)
    names = ["serving-kserve-crd", "serving-kserve-resources", "serving-kserve-runtime-configs"]
    crd, resources, runtimes = (made[name] for name in names)
    assert {r.inputs["version"] for r in (crd, resources, runtimes)} == {"v0.20.0"}
    assert resources.dependencies == (crd.urn,)
    assert runtimes.dependencies == (resources.urn,)


def test_deleting_the_definitions_is_refused(in_cluster: InCluster, scope: Scope) -> None:
    assert kserve(in_cluster, scope)["serving-kserve-crd"].options.protect


def test_it_runs_without_knative_and_without_a_way_in(in_cluster: InCluster, scope: Scope) -> None:
    given = controller(kserve(in_cluster, scope))
    assert given["controller"]["deploymentMode"] == "Standard"
    assert given["controller"]["gateway"]["disableIngressCreation"] is True
    assert given["security"] == {"autoMountServiceAccountToken": False}


def test_a_gateway_turns_routes_on(in_cluster: InCluster, scope: Scope) -> None:
    made = kserve(in_cluster, scope, {"gateway": GATEWAY})
    gateway = controller(made)["controller"]["gateway"]
    assert gateway["disableIngressCreation"] is False
    assert gateway["domain"] == "models.example.com"
    assert gateway["ingressGateway"] == {
        "enableGatewayApi": True,
        "createGateway": False,
        "kserveGateway": "gateway/platform",
    }
    ingress = made["serving-network-policy"].inputs["spec"]["ingress"]
    assert "gateway" in json.dumps(ingress)


def test_no_runtime_moves_or_is_dead(in_cluster: InCluster, scope: Scope) -> None:
    made = kserve(in_cluster, scope)
    runtimes = made["serving-kserve-runtime-configs"].inputs["values"]["kserve"]["servingruntime"]
    assert runtimes["enabled"] is True
    assert runtimes["torchserve"] == runtimes["tensorflow"] == {"disabled": True}
    tags = {name: item["tag"] for name, item in runtimes.items() if name in values.TAGS}
    assert tags == {"mlserver": "1.7.1", "tritonserver": "26.08-py3", "vllmserver": "v0.29.0"}


def test_every_image_comes_from_the_mirror(in_cluster: InCluster, scope: Scope) -> None:
    mirrored = Scope(**{**scope, "image_mirror": "registry.example.com/mirror"})
    made = kserve(in_cluster, mirrored)
    given = [controller(made), made["serving-kserve-runtime-configs"].inputs["values"]]
    text = json.dumps(given)
    images = [part.split('"')[0] for part in text.split('"image": "')[1:]]
    assert len(images) == len(values.RUNTIMES) + 4
    assert all(image.startswith("registry.example.com/mirror/") for image in images)
    assert "registry.example.com/mirror/nvidia/tritonserver" in images
    assert "registry.example.com/mirror/kserve/sklearnserver" in images


def test_models_have_a_quota_that_counts_gpus(in_cluster: InCluster, scope: Scope) -> None:
    made = kserve(in_cluster, scope, {"max_gpus": 3, "max_cpu": 8, "max_memory_gib": 32})
    assert made["serving-quota"].inputs["spec"]["hard"] == {
        "requests.cpu": "8",
        "requests.memory": "32Gi",
        "limits.memory": "32Gi",
        "requests.nvidia.com/gpu": "3",
    }
    assert made["serving-limits"].inputs["spec"]["limits"][0]["default"] == {"memory": "1Gi"}


def test_a_store_with_a_key_gets_a_secret_that_kserve_reads(
    in_cluster: InCluster, scope: Scope
) -> None:
    credentials = {"access_key_id": KEY, "secret_access_key": KEY}
    store = {**ARTIFACTS, "endpoint": "http://s3.svc:8333", "credentials": credentials}
    made = kserve(in_cluster, scope, artifacts=store)
    template = made["serving-artifacts"].inputs["spec"]["target"]["template"]
    annotations = template["metadata"]["annotations"]
    assert annotations["serving.kserve.io/s3-region"] == "eu-west-1"
    assert annotations["serving.kserve.io/s3-endpoint"] == (
        '{{ "http://s3.svc:8333" | trimPrefix "https://" | trimPrefix "http://" }}'
    )
    assert made["serving-account"].inputs["secrets"] == [{"name": "artifacts"}]


def test_a_store_with_a_key_gets_another_secret_for_projects_data(
    in_cluster: InCluster, scope: Scope
) -> None:
    mine = {**KEY, "key": "serving-data"}
    data = {**ARTIFACTS, "credentials": {"access_key_id": mine, "secret_access_key": mine}}
    made = kserve(in_cluster, scope, data=data)
    assert made["serving-data"].inputs["metadata"]["namespace"] == "acme-ml-prod-serving"
    spec = made["serving-data"].inputs["spec"]
    assert spec["target"]["name"] == "data-access-key"
    assert {entry["secretKey"]: entry["remoteRef"]["key"] for entry in spec["data"]} == {
        "AWS_ACCESS_KEY_ID": "serving-data",
        "AWS_SECRET_ACCESS_KEY": "serving-data",
    }
    assert "secrets" not in made["serving-account"].inputs


def test_models_read_artifacts_and_write_data() -> None:
    claims = KserveSettings.model_validate_json('{"kind": "kserve"}').claims(Layer.PLATFORM)
    stores = {name: claim for name, claim in claims.items() if isinstance(claim, ObjectStoreClaim)}
    assert {name: (claim.purpose, claim.access.value) for name, claim in stores.items()} == {
        "artifacts": ("artifacts", "read"),
        "data": ("data", "read-write-all"),
    }


def test_a_store_without_a_key_needs_no_secret(in_cluster: InCluster, scope: Scope) -> None:
    made = kserve(in_cluster, scope, data=ARTIFACTS)
    assert "serving-artifacts" not in made
    assert "serving-data" not in made
    assert "secrets" not in made["serving-account"].inputs


def test_an_operator_that_is_there_is_left_alone(in_cluster: InCluster, scope: Scope) -> None:
    made = kserve(in_cluster, scope, {"install": False})
    assert not any(r.type == "kubernetes:helm.sh/v3:Release" for r in made.values())
    assert "serving-operator-namespace" not in made
    assert made["serving-namespace"].inputs["metadata"]["name"] == "acme-ml-prod-serving"
    settings = KserveSettings.model_validate_json('{"kind": "kserve", "install": false}')
    assert "certificates" not in settings.claims(Layer.PLATFORM)


def test_models_are_scraped_where_their_runtime_says(in_cluster: InCluster, scope: Scope) -> None:
    monitoring = {"label": "prometheus", "namespace": "monitoring"}
    made = kserve(in_cluster, scope, monitoring=monitoring)
    (endpoint,) = made["serving-pod-monitor"].inputs["spec"]["podMetricsEndpoints"]
    targets = [rule["targetLabel"] for rule in endpoint["relabelings"] if "targetLabel" in rule]
    assert targets == ["__address__", "__metrics_path__", "inferenceservice"]


@pytest.mark.parametrize(
    "given",
    [
        {"install": False, "gateway": GATEWAY},
        {"version": "v0.19.0"},
        {"max_gpus": -1},
        {"gateway": {"namespace": "gateway", "name": "platform"}},
    ],
)
def test_settings_refuse_what_does_not_fit(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KserveSettings.model_validate_json(json.dumps({"kind": "kserve", **given}))


def test_another_version_is_taken_when_the_user_says_so() -> None:
    given = {"kind": "kserve", "version": "v0.21.0", "unverified": True}
    assert KserveSettings.model_validate_json(json.dumps(given)).version == "v0.21.0"
