from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.components import crds
from tests.components.kubernetes_schemas import VERSIONS, built_in

from stackwright.plan.graph import Plan
from stackwright.plan.graph import Resource as Recorded
from stackwright.plan.make import plan_environment

AWS = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "123456789012"}
network: {kind: vpc}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: ["arn:aws:iam::123456789012:role/platform-admin"]
tracking: {kind: mlflow}
serving:
  online: {kind: kserve}
  simple: {kind: deployment, image: "registry.example.com/acme/churn:1", metrics_path: /metrics}
monitoring: {kind: kube-prometheus-stack}
environments: {prod: {}}
"""

EXISTING_CLUSTER = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
cluster: {kind: existing, context: acme, uid: 1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e}
registry: {kind: oci, url: registry.example.com/acme}
storage: {kind: seaweedfs}
database: {kind: cloudnative-pg}
secrets: {kind: external-secrets}
certificates: {kind: cert-manager}
tracking: {kind: mlflow}
serving:
  online:
    kind: kserve
    gateway: {namespace: gateway, name: platform, domain: models.example.com}
  simple: {kind: deployment, image: "registry.example.com/acme/churn:1", metrics_path: /metrics}
monitoring:
  kind: kube-prometheus-stack
  alert_receiver:
    type: slack
    url: {from: kubernetes, namespace: alerts, name: slack, key: url}
environments: {prod: {}}
"""

GIVEN = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
profile: development
cluster: {kind: existing, context: acme, uid: 1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e}
storage:
  kind: s3-compatible
  endpoint: https://s3.example.com
  buckets: {data: acme-data, artifacts: acme-artifacts, logs: acme-logs}
  credentials:
    access_key_id: {from: kubernetes, namespace: vault, name: s3, key: id}
    secret_access_key: {from: kubernetes, namespace: vault, name: s3, key: secret}
tracking: {kind: mlflow}
serving: {kind: kserve}
environments: {dev: {}}
"""

BLUEPRINTS = {"aws": AWS, "existing-cluster": EXISTING_CLUSTER, "given": GIVEN}


@pytest.fixture(scope="module", params=BLUEPRINTS)
def plan(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path: Path = tmp_path_factory.mktemp("platform") / "blueprint.yaml"
    path.write_text(BLUEPRINTS[request.param], encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return plan_environment(path)


def objects(plan: Plan) -> Iterator[Recorded]:
    for _, resource in plan.resources():
        if resource.type.startswith("kubernetes:") and "metadata" in resource.inputs:
            yield resource


def kind_of(resource: Recorded) -> tuple[str, str]:
    return resource.inputs["apiVersion"], resource.inputs["kind"]


def test_every_custom_resource_fits_its_definition(plan: Plan) -> None:
    custom = [found for found in objects(plan) if built_in(VERSIONS[0], *kind_of(found)) is None]
    assert custom
    problems = {found.name: crds.problems(found.inputs) for found in custom}
    assert {name: wrong for name, wrong in problems.items() if wrong} == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_other_object_fits_kubernetes(plan: Plan, version: str) -> None:
    wrong = {
        f"{resource.name} {error.json_path}": error.message
        for resource in objects(plan)
        if (validator := built_in(version, *kind_of(resource))) is not None
        for error in validator.iter_errors(resource.inputs)
    }
    assert wrong == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_misspelt_field_of_an_object_is_found(version: str) -> None:
    validator = built_in(version, "v1", "Service")
    assert validator is not None
    good = {"apiVersion": "v1", "kind": "Service", "spec": {"selector": {"app": "a"}}}
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, "spec": {"selectors": {"app": "a"}}})


CERTIFICATE: dict[str, Any] = {
    "apiVersion": "cert-manager.io/v1",
    "kind": "Certificate",
    "metadata": {"name": "a", "labels": {"team": "ml"}},
    "spec": {"secretName": "a", "issuerRef": {"name": "a"}, "isCA": True},
}


def test_a_good_custom_resource_has_no_problem() -> None:
    assert crds.problems(CERTIFICATE) == []


@pytest.mark.parametrize(
    "spec",
    [
        {"issuerRef": {"name": "a"}},
        {**CERTIFICATE["spec"], "secretname": "a"},
        {**CERTIFICATE["spec"], "isCA": "true"},
        {**CERTIFICATE["spec"], "issuerRef": {"name": "a", "namespace": "b"}},
        {**CERTIFICATE["spec"], "privateKey": {"algorithm": "DSA"}},
    ],
)
def test_a_custom_resource_that_an_api_server_refuses_is_found(spec: dict[str, Any]) -> None:
    assert crds.problems({**CERTIFICATE, "spec": spec}) != []


def test_a_number_or_text_may_be_either() -> None:
    endpoint = {"port": "http", "targetPort": 9402}
    monitor = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "spec": {"selector": {}, "endpoints": [endpoint, {"targetPort": "http"}]},
    }
    assert crds.problems(monitor) == []
    assert crds.problems({**monitor, "spec": {"selector": {}, "endpoints": [{"port": 80}]}}) != []


def test_a_version_that_is_not_served_is_an_error() -> None:
    crds.files()
    with pytest.raises(LookupError, match="nothing serves"):
        crds.problems({**CERTIFICATE, "apiVersion": "cert-manager.io/v1alpha2"})
