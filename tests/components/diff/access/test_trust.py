from __future__ import annotations

from tests.components.diff.access.sides import (
    differing,
    document,
    output,
    plan,
    resource,
    the_only,
    urn,
)

from stackwright.diff.findings import Direction
from stackwright.plan.graph import JsonValue, Plan

ROLE = "aws:iam/role:Role"
PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

GITHUB = "token.actions.githubusercontent.com"


def trusting(principal: JsonValue, condition: JsonValue = None) -> Plan:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    if condition is not None:
        statement["Condition"] = condition
    inputs = {"name": "acme-ci", "assumeRolePolicy": document(statement)}
    return plan(resource(ROLE, "delivery", inputs, "delivery"))


def federated(subject: str, operator: str = "StringLike") -> Plan:
    condition = {operator: {f"{GITHUB}:sub": subject}, "Bool": {"aws:ViaAWSService": "false"}}
    return trusting({"Federated": output(PROVIDER, "github", "arn")}, condition)


def test_a_wider_subject_of_a_pipeline_is_seen() -> None:
    found = the_only(federated("repo:acme/churn:ref:refs/heads/main"), federated("repo:acme/*"))
    assert found.direction is Direction.WIDER
    assert found.kind == "trust policy"
    assert found.sentence == (
        "Who signs in by github where sub is like repo:acme/* (before only where"
        " aws:ViaAWSService is false and sub is like repo:acme/churn:ref:refs/heads/main) may now"
        " take the role delivery."
    )


def test_the_same_subject_by_another_operator_narrows_only() -> None:
    before, after = federated("repo:acme/*"), federated("repo:acme/a", "StringEquals")
    assert the_only(before, after).direction is Direction.NARROWER


def test_an_account_is_the_same_by_number_and_by_its_root() -> None:
    by_number = trusting({"AWS": "123456789012"})
    by_root = trusting({"AWS": ["arn:aws:iam::123456789012:root"]})
    assert differing(by_number, by_root) == ()


def test_anyone_is_called_anyone() -> None:
    found = the_only(trusting({"AWS": "arn:aws:iam::123456789012:root"}), trusting({"AWS": "*"}))
    assert found.sentence == (
        "Anyone (before only account 123456789012) may now take the role delivery."
    )


def test_a_new_role_that_somebody_outside_may_take_counts_for_itself() -> None:
    other = resource("aws:s3/bucket:Bucket", "data", {})
    whole = plan(other, *federated("repo:acme/*").layers[0].resources)
    assert the_only(plan(other), whole).new is False
    of_a_service = plan(other, *trusting({"Service": "ec2.amazonaws.com"}).layers[0].resources)
    assert the_only(plan(other), of_a_service).new is True
    assert the_only(None, whole).new is True


def pods(account: str) -> Plan:
    role = resource(ROLE, "tracking", {"name": "acme-tracking"})
    association = resource(
        ASSOCIATION,
        f"to-{account}",
        {
            "clusterName": "acme",
            "namespace": "ml",
            "serviceAccount": account,
            "roleArn": output(ROLE, "tracking", "arn"),
        },
    )
    return plan(role, association)


def test_another_service_account_is_a_finding_of_the_role_that_is_there() -> None:
    found = the_only(pods("mlflow"), pods("notebook"))
    assert found.direction is Direction.BOTH
    assert found.urn == urn(ROLE, "tracking")
    assert found.new is False
    assert found.sentence == (
        "Service account ml/notebook now acts as the role tracking; service account ml/mlflow no"
        " longer acts as the role tracking."
    )


def test_an_association_that_is_only_renamed_in_the_program_is_no_change() -> None:
    before, after = pods("mlflow"), pods("mlflow")
    moved = plan(
        *after.layers[0].resources[:1],
        resource(ASSOCIATION, "other", dict(after.layers[0].resources[1].inputs)),
    )
    assert differing(before, moved) == ()


def test_a_new_issuer_of_tokens_is_a_finding() -> None:
    inputs = {"url": f"https://{GITHUB}", "clientIdLists": ["sts.amazonaws.com"]}
    found = the_only(plan(), plan(resource(PROVIDER, "github", inputs)))
    assert found.gained == (f"tokens of https://{GITHUB} for sts.amazonaws.com",)
