from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from stackwright.contracts import KubernetesCluster
from stackwright.identity.pod_identity.component import PodIdentity
from stackwright.identity.pod_identity.settings import PodIdentitySettings
from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.wiring import check_promise

CLUSTER = KubernetesCluster(
    cluster_name="acme-ml-prod-cluster", cluster_identifier="https://1.eks.amazonaws.com"
)
READ = json.dumps({"Version": "2012-10-17", "Statement": []})
TRACKING = {
    "service_account": "mlflow",
    "namespace": "acme-ml-prod-tracking",
    "policies": {"tracking-artifacts": READ},
}
SERVING = {"service_account": "model", "namespace": "acme-ml-prod-serving"}
PROJECT = ("churn-train", "churn-monitor")
SECRETS = {"service_account": "external-secrets", "namespace": "acme-ml-prod-secrets"}

Identity = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def identity(scope: Scope, on_aws: Any) -> Identity:
    def make(**consumers: Any) -> Mapping[str, Resource]:
        def program(opts: pulumi.ResourceOptions) -> None:
            chosen = {name.replace("_", "-"): consumer for name, consumer in consumers.items()}
            PodIdentity("identity", {"scope": scope, "cluster": CLUSTER, "consumers": chosen}, opts)

        made: Mapping[str, Resource] = on_aws(program)
        return {name: found for name, found in made.items() if name != "aws"}

    return make


def test_a_workload_gets_a_role_its_policies_and_an_association(identity: Identity) -> None:
    made = identity(tracking_identity=TRACKING)
    assert {name: found.type.rpartition(":")[2] for name, found in made.items()} == {
        "identity-tracking-identity-role": "Role",
        "identity-tracking-identity-tracking-artifacts-policy": "RolePolicy",
        "identity-tracking-identity-association": "PodIdentityAssociation",
    }
    association = made["identity-tracking-identity-association"].inputs
    assert association["clusterName"] == "acme-ml-prod-cluster"
    assert association["namespace"] == "acme-ml-prod-tracking"
    assert association["serviceAccount"] == "mlflow"


def test_only_pods_of_the_one_service_account_take_the_role(identity: Identity) -> None:
    role = identity(tracking_identity=TRACKING)["identity-tracking-identity-role"]
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert role.inputs["name"] == "acme-ml-prod-tracking-identity"
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {
            "StringEquals": {
                "aws:RequestTag/eks-cluster-arn": (
                    "arn:aws:eks:eu-west-1:123456789012:cluster/acme-ml-prod-cluster"
                ),
                "aws:RequestTag/kubernetes-namespace": "acme-ml-prod-tracking",
                "aws:RequestTag/kubernetes-service-account": "mlflow",
            }
        },
    }


def test_further_accounts_take_the_same_role_and_nobody_else(identity: Identity) -> None:
    made = identity(serving_identity={**SERVING, "further_service_accounts": PROJECT})
    associations = {
        name: (found.inputs["namespace"], found.inputs["serviceAccount"], found.inputs["roleArn"])
        for name, found in made.items()
        if found.type.endswith(":PodIdentityAssociation")
    }
    (role,) = {role for _, _, role in associations.values()}
    assert associations == {
        "identity-serving-identity-association": ("acme-ml-prod-serving", "model", role),
        "identity-serving-identity-association-churn-monitor": (
            "acme-ml-prod-serving",
            "churn-monitor",
            role,
        ),
        "identity-serving-identity-association-churn-train": (
            "acme-ml-prod-serving",
            "churn-train",
            role,
        ),
    }
    trusted = json.loads(made["identity-serving-identity-role"].inputs["assumeRolePolicy"])
    (statement,) = trusted["Statement"]
    conditions = statement["Condition"]["StringEquals"]
    assert conditions["aws:RequestTag/kubernetes-service-account"] == [
        "model",
        "churn-monitor",
        "churn-train",
    ]
    assert conditions["aws:RequestTag/kubernetes-namespace"] == "acme-ml-prod-serving"


def test_further_accounts_move_and_change_nothing_that_is_there(identity: Identity) -> None:
    before = identity(serving_identity=SERVING)
    one = identity(serving_identity={**SERVING, "further_service_accounts": PROJECT[:1]})
    two = identity(serving_identity={**SERVING, "further_service_accounts": PROJECT})
    turned = identity(serving_identity={**SERVING, "further_service_accounts": PROJECT[::-1]})
    for fewer, more in ((before, one), (one, two)):
        changed = [name for name, found in fewer.items() if more[name].inputs != found.inputs]
        assert changed == ["identity-serving-identity-role"]  # its trust names one more
        assert all(more[name].urn == found.urn for name, found in fewer.items())
    assert turned == two


def test_two_workloads_share_nothing(identity: Identity) -> None:
    made = identity(tracking_identity=TRACKING, secrets_identity=SECRETS)
    roles = [found.inputs["name"] for found in made.values() if found.type.endswith(":Role")]
    assert roles == ["acme-ml-prod-secrets-identity", "acme-ml-prod-tracking-identity"]


def test_another_workload_moves_no_other_resource(identity: Identity) -> None:
    before = identity(tracking_identity=TRACKING)
    after = identity(secrets_identity=SECRETS, tracking_identity=TRACKING)
    assert all(after[name].urn == found.urn for name, found in before.items())


def test_the_wiring_keeps_its_promise(scope: Scope, on_aws: Any) -> None:
    wired: dict[str, Any] = {}

    def program(opts: pulumi.ResourceOptions) -> None:
        component = PodIdentity("identity", {"scope": scope, "cluster": CLUSTER}, opts)
        wired.update(component.wiring())

    on_aws(program)
    assert wired == {"role_prefix": "arn:aws:iam::123456789012:role/acme-ml-prod-"}
    assert tuple(wired) == PodIdentitySettings.wires
    check_promise(PodIdentitySettings.contract, frozenset(wired))


def test_the_longest_names_still_fit_a_role(on_aws: Any) -> None:
    longest = Scope(name="a" * 16, environment="e" * 10, account="123456789012", region="eu-west-1")
    consumers: Any = {f"{'i' * 12}-identity": TRACKING}

    def program(opts: pulumi.ResourceOptions) -> None:
        PodIdentity(
            "identity", {"scope": longest, "cluster": CLUSTER, "consumers": consumers}, opts
        )

    made: Mapping[str, Resource] = on_aws(program)
    (role,) = (found for found in made.values() if found.type.endswith(":Role"))
    assert len(role.inputs["name"]) <= 64  # IAM's limit
