from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from stackwright.plan.graph import SYMBOL, Plan, Resource
from stackwright.plan.make import plan_environment

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from parliament import (  # type: ignore[import-untyped]
        analyze_policy_string,
    )  # imports the deprecated pkg_resources

BLUEPRINT = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "123456789012"}
network: {kind: vpc}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: ["arn:aws:iam::123456789012:role/platform-admin"]
  create_autoscaling_role: true
storage: {kind: s3}
registry: {kind: ecr}
identity: {kind: pod-identity}
database: {kind: rds}
tracking: {kind: mlflow}
serving: {kind: kserve, service_accounts: [churn-train, churn-monitor]}
environments: {prod: {}}
"""

ARNS = {
    "aws:kms/key:Key#arn": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-123456",
    "aws:s3/bucket:Bucket#arn": "arn:aws:s3:::acme-ml-prod-storage-data-123456789012",
}
"""What the outputs in policies look like once they are known."""

OWN = {
    "aws:iam/role:Role": "arn:aws:iam::123456789012:role/acme-ml-prod-tracking-identity",
}
"""What a policy that names no resource of its own is attached to, by type."""

ACCEPTED = {
    # A key's own policy names the key as `*`, and leaves the account in charge of it
    # (AWS KMS developer guide, "Default key policy").
    ("aws:kms/key:Key", "policy", "RESOURCE_STAR"),
    # An endpoint's policy narrows what the caller's own policy allows; it grants nothing.
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "policy", "RESOURCE_STAR"),
}
"""Findings that are right and wanted: type, property, issue."""

WITHOUT_RESOURCE = {"ecr:GetAuthorizationToken", "logs:DescribeLogGroups"}
"""Actions of roles that are about a whole account and region."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    blueprint: Path = tmp_path_factory.mktemp("platform") / "blueprint.yaml"
    blueprint.write_text(BLUEPRINT, encoding="utf-8")
    return plan_environment(blueprint, "prod")


def policies(plan: Plan) -> Iterator[tuple[Resource, str, Mapping[str, Any]]]:
    """Yield every policy document with the resource and property that holds it."""
    for _, resource in plan.resources():
        for name, value in resource.inputs.items():
            document = as_policy(value)
            if document is not None:
                yield resource, name, document


def as_policy(value: Any) -> Mapping[str, Any] | None:
    if not isinstance(value, str) or '"Statement":' not in value:
        return None
    document: Mapping[str, Any] = json.loads(
        SYMBOL.sub(lambda found: known(found["urn"], found["property"]), value)
    )
    return document


def known(urn: str, name: str) -> str:
    type_ = urn.split("::")[2].rpartition("$")[2]
    return ARNS[f"{type_}#{name}"]


def attached(resource: Resource, document: Mapping[str, Any]) -> str:
    """Return a document with the resource named that it is attached to.

    A trust policy names none, and parliament wants to see what is meant.
    """
    own = OWN.get(resource.type)
    if own is None:
        return json.dumps(document)
    named = [{**statement, "Resource": own} for statement in statements(document)]
    return json.dumps({**document, "Statement": named})


def statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(document["Statement"])


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_parliament_finds_nothing_but_what_is_accepted(plan: Plan) -> None:
    found = {
        (resource.type, name, finding.issue): f"{resource.name}: {finding.detail}"
        for resource, name, document in policies(plan)
        for finding in analyze_policy_string(attached(resource, document)).findings
    }
    assert {key: found[key] for key in found if key not in ACCEPTED} == {}


def test_the_plan_holds_policies_of_every_kind(plan: Plan) -> None:
    kinds = {(resource.type.rpartition(":")[2], name) for resource, name, _ in policies(plan)}
    assert kinds == {
        ("BucketPolicy", "policy"),
        ("Key", "policy"),
        ("Role", "assumeRolePolicy"),
        ("RolePolicy", "policy"),
        ("VpcEndpoint", "policy"),
    }


def test_no_role_may_use_a_whole_service_or_every_resource(plan: Plan) -> None:
    for resource, _, document in policies(plan):
        if not resource.type.endswith(":RolePolicy"):
            continue
        for statement in statements(document):
            assert not [action for action in listed(statement["Action"]) if action.endswith(":*")]
            if "*" in listed(statement["Resource"]):
                assert set(statement["Action"]) <= WITHOUT_RESOURCE


def test_models_and_projects_read_artifacts_and_write_data_and_nothing_else(plan: Plan) -> None:
    allowed = {
        resource.name.removeprefix("identity-serving-identity-"): document
        for resource, name, document in policies(plan)
        if resource.name.startswith("identity-serving-identity-") and name == "policy"
    }
    assert set(allowed) == {"serving-artifacts-policy", "serving-data-policy"}
    actions = {
        name: {action for item in statements(document) for action in item["Action"]}
        for name, document in allowed.items()
    }
    assert actions["serving-artifacts-policy"] == {
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "kms:Decrypt",
    }
    assert actions["serving-data-policy"] - actions["serving-artifacts-policy"] == {
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "kms:GenerateDataKey",
    }


def test_no_role_is_open_to_everybody(plan: Plan) -> None:
    trusts = [document for _, name, document in policies(plan) if name == "assumeRolePolicy"]
    for statement in (statement for trust in trusts for statement in statements(trust)):
        (service,) = listed(statement["Principal"]["Service"])
        if service == "ec2.amazonaws.com":  # EC2 does not say for which account it acts
            continue
        conditions = statement["Condition"]["StringEquals"]
        if service == "pods.eks.amazonaws.com":
            assert ":123456789012:cluster/" in conditions["aws:RequestTag/eks-cluster-arn"]
        else:
            assert conditions["aws:SourceAccount"] == "123456789012"


def test_pods_take_a_role_by_the_names_of_their_service_accounts(plan: Plan) -> None:
    trusts = [
        statement["Condition"]["StringEquals"]
        for _, name, document in policies(plan)
        if name == "assumeRolePolicy"
        for statement in statements(document)
        if statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    ]
    assert {
        trust["aws:RequestTag/kubernetes-namespace"]: listed(
            trust["aws:RequestTag/kubernetes-service-account"]
        )
        for trust in trusts
    } == {
        "kube-system": ["ebs-csi-controller-sa"],
        "acme-ml-prod-secrets": ["external-secrets"],
        "acme-ml-prod-tracking": ["mlflow"],
        "acme-ml-prod-serving": ["model", "churn-monitor", "churn-train"],
    }


def test_nothing_is_allowed_to_everybody_without_a_condition(plan: Plan) -> None:
    layers = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"
    for _, _, document in policies(plan):
        for statement in statements(document):
            if statement["Effect"] == "Allow" and statement.get("Principal") == "*":
                assert "Condition" in statement or statement["Resource"] == layers


def test_there_are_no_users_and_no_access_keys(plan: Plan) -> None:
    types = set(plan.counts())
    assert types & {"aws:iam/user:User", "aws:iam/accessKey:AccessKey"} == set()
