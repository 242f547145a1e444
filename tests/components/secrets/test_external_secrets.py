from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.claims import Layer
from stackwright.errors import StackwrightError
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secrets import external_secret, secret_source
from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.secret_reference import (
    AwsSecretsManagerReference,
    EnvironmentReference,
    KubernetesReference,
)
from stackwright.secrets.external_secrets.component import ExternalSecrets
from stackwright.secrets.external_secrets.settings import ExternalSecretsSettings

NO_CLOUD = Scope(name="acme-ml", environment="prod")
IN_AWS = AwsSecretsManagerReference(name="acme-ml/prod/slack", key="url")
IN_CLUSTER = KubernetesReference(namespace="vault", name="slack", key="url")
IN_SHELL = EnvironmentReference(variable="SLACK_URL")


def reader(*references: Any) -> dict[str, Any]:
    given = [item.model_dump(mode="json", by_alias=True) for item in references]
    return {"namespace": "acme-ml-prod-monitoring", "references": given}


Make = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def secrets(in_cluster: Any) -> Make:
    """Make the operator and its stores, and a Secret in the words of the contract."""

    def make(
        scope: Scope, consumers: Mapping[str, Any], reads: Any = None, **settings: Any
    ) -> Mapping[str, Resource]:
        def program(opts: Any) -> None:
            args: Any = {"scope": scope, "settings": settings, "consumers": consumers}
            given = ExternalSecrets("secrets", args, opts).binding("monitoring-secrets")
            if reads is not None:
                names = ObjectNames(
                    scope, "monitoring", ExternalSecretsSettings(kind="external-secrets")
                )
                external_secret(
                    "reader",
                    names,
                    "receiver",
                    {"url": secret_source(reads, given)},
                    opts=pulumi.ResourceOptions(provider=opts.providers[0]),
                )

        made: Mapping[str, Resource] = in_cluster(program)
        return made

    return make


def test_on_aws_there_is_one_store_that_reads_with_the_operators_role(
    secrets: Make, scope: Scope
) -> None:
    consumers = {
        "monitoring-secrets": reader(IN_AWS),
        "database-secrets": {"namespace": "acme-ml-prod-database", "cloud": True},
        "tracking-secrets": {"namespace": "acme-ml-prod-tracking"},
    }
    made = secrets(scope, consumers)
    assert sorted(made) == [
        "cluster",
        "secrets-aws-store",
        "secrets-deny-all",
        "secrets-namespace",
        "secrets-network-policy",
        "secrets-release",
    ]
    assert made["secrets-aws-store"].inputs["spec"] == {
        "conditions": [{"namespaces": ["acme-ml-prod-database", "acme-ml-prod-monitoring"]}],
        "provider": {"aws": {"service": "SecretsManager", "region": "eu-west-1"}},
    }
    assert made["secrets-aws-store"].inputs["metadata"]["name"] == "acme-ml-prod-secrets-aws"


def test_each_namespace_with_secrets_has_a_store_that_reads_those_only(secrets: Make) -> None:
    other = KubernetesReference(namespace="vault", name="pager", key="url")
    consumers = {
        "monitoring-secrets": reader(IN_CLUSTER, other),
        "tracking-secrets": {"namespace": "acme-ml-prod-tracking"},
    }
    made = secrets(NO_CLOUD, consumers)
    role = made["secrets-k8s-vault-role"].inputs
    store = made["secrets-k8s-vault-store"].inputs
    assert role["metadata"]["namespace"] == "vault"
    assert role["rules"][0] == {
        "apiGroups": [""],
        "resources": ["secrets"],
        "resourceNames": ["pager", "slack"],
        "verbs": ["get"],
    }
    assert store["metadata"]["name"] == "acme-ml-prod-secrets-k8s-vault"
    assert store["spec"]["conditions"] == [{"namespaces": ["acme-ml-prod-monitoring"]}]
    assert store["spec"]["provider"]["kubernetes"]["remoteNamespace"] == "vault"
    assert "secrets-aws-store" not in made


@pytest.mark.parametrize(
    ("reference", "store", "key"),
    [
        (IN_AWS, "acme-ml-prod-secrets-aws", "acme-ml/prod/slack"),
        (IN_CLUSTER, "acme-ml-prod-secrets-k8s-vault", "slack"),
    ],
    ids=["in AWS", "in the cluster"],
)
def test_a_reference_leads_to_a_store_that_is_made(
    secrets: Make, scope: Scope, reference: Any, store: str, key: str
) -> None:
    made = secrets(scope, {"monitoring-secrets": reader(reference)}, reads=reference)
    (data,) = made["reader"].inputs["spec"]["data"]
    assert data["sourceRef"]["storeRef"] == {"kind": "ClusterSecretStore", "name": store}
    assert data["remoteRef"] == {"key": key, "property": "url"}
    stores = [
        item.inputs["metadata"]["name"] for name, item in made.items() if name.endswith("-store")
    ]
    assert store in stores
    assert made["secrets-release"].urn in made["reader"].dependencies


def test_a_secret_of_the_shell_is_refused_in_words() -> None:
    with pytest.raises(StackwrightError, match="SLACK_URL cannot be brought into the cluster"):
        IN_SHELL.store_suffix()
    with pytest.raises(StackwrightError, match="from: kubernetes"):
        IN_SHELL.location()


def test_a_region_is_stated_where_the_target_has_none(secrets: Make) -> None:
    made = secrets(NO_CLOUD, {"monitoring-secrets": reader(IN_AWS)}, aws_region="eu-west-1")
    assert made["secrets-aws-store"].inputs["spec"]["provider"]["aws"]["region"] == "eu-west-1"


def test_a_missing_region_is_told_in_words(secrets: Make) -> None:
    with pytest.raises(StackwrightError, match="write aws_region"):
        secrets(NO_CLOUD, {"monitoring-secrets": reader(IN_AWS)})


def test_an_operator_that_is_there_is_used(secrets: Make, scope: Scope) -> None:
    made = secrets(scope, {"monitoring-secrets": reader(IN_AWS)}, reads=IN_AWS, install=False)
    assert sorted(made) == [
        "cluster",
        "reader",
        "secrets-aws-store",
        "secrets-deny-all",
        "secrets-namespace",
    ]


def test_without_a_reader_no_store_is_open_to_everybody(secrets: Make, scope: Scope) -> None:
    made = secrets(scope, {"monitoring-secrets": {}})
    assert not [name for name in made if name.endswith("-store")]


def test_the_operator_talks_to_the_cluster_and_to_the_secret_manager_only(
    secrets: Make, scope: Scope
) -> None:
    spec = secrets(scope, {"monitoring-secrets": reader()})["secrets-network-policy"].inputs["spec"]
    assert [[port["port"] for port in rule["ports"]] for rule in spec["egress"]] == [
        [443, 6443],
        [80],
    ]
    assert [[port["port"] for port in rule["ports"]] for rule in spec["ingress"]] == [[10250]]


def test_several_controllers_elect_a_leader(secrets: Make, scope: Scope) -> None:
    values = secrets(scope, {"monitoring-secrets": reader()}, replicas=2)["secrets-release"].inputs[
        "values"
    ]
    assert (values["replicaCount"], values["leaderElect"]) == (2, True)
    assert values["podDisruptionBudget"] == {"enabled": True}
    assert values["webhook"]["replicaCount"] == 2
    assert values["webhook"]["podDisruptionBudget"] == {"enabled": True}


def test_removing_the_release_keeps_the_definitions(secrets: Make, scope: Scope) -> None:
    release = secrets(scope, {"monitoring-secrets": reader()})["secrets-release"].inputs
    assert release["version"] == "2.9.0"
    assert release["values"]["crds"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_the_role_reads_the_environments_secrets_and_no_others(scope: Scope) -> None:
    settings = ExternalSecretsSettings(kind="external-secrets")
    (document,) = settings.cloud_policies(scope).values()
    (statement,) = json.loads(document)["Statement"]
    assert statement["Action"] == [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
    ]
    place = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-ml/prod/*"
    assert statement["Resource"] == place
    assert settings.cloud_policies(NO_CLOUD) == {}


def test_secrets_never_need_what_needs_secrets() -> None:
    settings = ExternalSecretsSettings(kind="external-secrets")
    assert set(settings.claims(Layer.PLATFORM)) == {"cluster", "identity"}
    there = ExternalSecretsSettings(kind="external-secrets", install=False)
    assert set(there.claims(Layer.PLATFORM)) == {"cluster"}


@pytest.mark.parametrize(
    "wrong",
    [{"replicas": 0}, {"aws_region": "Ireland"}, {"version": "0.9.0"}],
    ids=["no controller", "no region", "a chart that was not verified"],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ExternalSecretsSettings.model_validate({"kind": "external-secrets", **wrong})
