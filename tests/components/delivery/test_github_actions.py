from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.contracts import ImageRegistry
from stackwright.delivery.github_actions.component import GitHubActions
from stackwright.delivery.github_actions.settings import GitHubActionsSettings
from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.wiring import check_promise

IMAGES = ImageRegistry(
    url="123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme-ml/prod",
    arn_prefix="arn:aws:ecr:eu-west-1:123456789012:repository/acme-ml/prod/",
)
CHURN = {
    "repository": "acme/churn-model",
    "environment": "prod",
    "ref": "refs/heads/main",
    "images": ["services"],
}

Delivery = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def delivery(scope: Scope, on_aws: Any) -> Delivery:
    def make(**settings: Any) -> Mapping[str, Resource]:
        def program(opts: pulumi.ResourceOptions) -> None:
            chosen: Any = settings
            args: Any = {"scope": scope, "settings": chosen, "images": IMAGES}
            GitHubActions("delivery", args, opts)

        made: Mapping[str, Resource] = on_aws(program)
        return {name: found for name, found in made.items() if name != "aws"}

    return make


def statements(document: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(document)["Statement"]
    return found


def test_a_project_gets_a_role_and_the_right_to_push(delivery: Delivery) -> None:
    made = delivery(projects={"churn-model": CHURN})
    assert {name: found.type.rpartition(":")[2] for name, found in made.items()} == {
        "delivery-github": "OpenIdConnectProvider",
        "delivery-churn-model-role": "Role",
        "delivery-churn-model-push-policy": "RolePolicy",
    }
    assert made["delivery-churn-model-role"].inputs["name"] == "acme-ml-prod-ci-churn-model"


def test_only_the_one_job_takes_the_role(delivery: Delivery) -> None:
    role = delivery(projects={"churn-model": CHURN})["delivery-churn-model-role"]
    (statement,) = statements(role.inputs["assumeRolePolicy"])
    assert statement["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:acme/churn-model:environment:prod",
            "token.actions.githubusercontent.com:repository": "acme/churn-model",
            "token.actions.githubusercontent.com:ref": "refs/heads/main",
            "token.actions.githubusercontent.com:environment": "prod",
        }
    }


def test_a_job_pushes_to_its_own_repositories_and_no_other(delivery: Delivery) -> None:
    made = delivery(projects={"churn-model": CHURN})["delivery-churn-model-push-policy"]
    token, push = statements(made.inputs["policy"])
    assert token["Action"] == ["ecr:GetAuthorizationToken"]
    assert push["Resource"] == [
        "arn:aws:ecr:eu-west-1:123456789012:repository/acme-ml/prod/services"
    ]
    assert not [action for action in push["Action"] if "Delete" in action or "*" in action]


def test_an_account_that_trusts_github_already_is_not_given_a_second_provider(
    delivery: Delivery,
) -> None:
    made = delivery(identity_provider="existing", projects={"churn-model": CHURN})
    assert "delivery-github" not in made
    (statement,) = statements(made["delivery-churn-model-role"].inputs["assumeRolePolicy"])
    assert statement["Principal"] == {
        "Federated": ("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com")
    }


def test_another_project_moves_no_other_resource(delivery: Delivery) -> None:
    before = delivery(projects={"churn-model": CHURN})
    after = delivery(projects={"a-model": CHURN, "churn-model": CHURN})
    assert all(after[name].urn == found.urn for name, found in before.items())


def test_the_wiring_and_a_project_s_name_make_the_role(scope: Scope, on_aws: Any) -> None:
    wired: dict[str, Any] = {}

    def program(opts: pulumi.ResourceOptions) -> None:
        wired.update(GitHubActions("delivery", {"scope": scope, "images": IMAGES}, opts).wiring())

    on_aws(program)
    assert wired == {"role_prefix": "arn:aws:iam::123456789012:role/acme-ml-prod-ci-"}
    assert tuple(wired) == GitHubActionsSettings.wires
    check_promise(GitHubActionsSettings.contract, frozenset(wired))


def test_the_longest_names_still_fit_a_role(on_aws: Any) -> None:
    longest = Scope(name="a" * 16, environment="e" * 10, account="123456789012", region="eu-west-1")
    settings: Any = {"projects": {"p" * 32: CHURN}}

    def program(opts: pulumi.ResourceOptions) -> None:
        args: Any = {"scope": longest, "settings": settings, "images": IMAGES}
        GitHubActions("delivery", args, opts)

    made: Mapping[str, Resource] = on_aws(program)
    (role,) = (found for found in made.values() if found.type.endswith(":Role"))
    assert len(role.inputs["name"]) <= 64  # IAM's limit


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("repository", "acme/*"),
        ("repository", "acme/churn:ref"),
        ("repository", "*/churn"),
        ("repository", "acme"),
        ("repository", "acme/churn\n"),
        ("ref", "refs/heads/*"),
        ("ref", "main"),
        ("ref", "refs/pull/1/merge"),
        ("environment", "*"),
        ("environment", "prod:ref:x"),
        ("images", []),
        ("images", ["*"]),
        ("images", ["../other"]),
    ],
)
def test_a_pattern_that_would_trust_more_is_refused(key: str, value: object) -> None:
    settings = {"kind": "github-actions", "projects": {"churn-model": {**CHURN, key: value}}}
    with pytest.raises(ValidationError, match=key):
        GitHubActionsSettings.model_validate_json(json.dumps(settings))
