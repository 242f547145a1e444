"""What holds for every serving tool: which accounts projects may bring, and what they may do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.claims import Layer, WorkloadIdentityClaim
from stackwright.identity.pod_identity.component import PodIdentity
from stackwright.naming import INSTANCE_LIMIT
from stackwright.plan.graph import Resource
from stackwright.scope import Scope
from stackwright.serving.deployment.settings import DeploymentSettings
from stackwright.serving.kserve.settings import KserveSettings
from stackwright.serving.projects import DATA_SECRET, MOST_ACCOUNTS, SERVICE_ACCOUNT

Tool = type[KserveSettings] | type[DeploymentSettings]

REQUIRED: Mapping[Tool, dict[str, Any]] = {
    KserveSettings: {"kind": "kserve"},
    DeploymentSettings: {"kind": "deployment", "image": "registry.example.com/acme/churn:1.4.0"},
}

every_tool = pytest.mark.parametrize("tool", REQUIRED, ids=lambda tool: tool.kind_name())


def settings(tool: Tool, *accounts: object) -> KserveSettings | DeploymentSettings:
    values = {**REQUIRED[tool], "service_accounts": accounts}
    return tool.model_validate_json(json.dumps(values))


@every_tool
def test_accounts_of_projects_take_the_models_role(tool: Tool) -> None:
    claim = settings(tool, "churn-train", "churn-monitor").claims(Layer.PLATFORM)["identity"]
    assert isinstance(claim, WorkloadIdentityClaim)
    assert claim.service_account == "model"
    assert claim.further_service_accounts == ("churn-train", "churn-monitor")


@every_tool
@pytest.mark.parametrize(
    ("accounts", "reason"),
    [
        (["model"], "is made here already"),
        (["default"], "is what every pod has"),
        (["churn", "churn"], "named twice"),
        (["Churn"], "service_accounts"),
        (["churn_train"], "service_accounts"),
        (["churn.train"], "service_accounts"),
        (["-churn"], "service_accounts"),
        (["churn-"], "service_accounts"),
        ([""], "service_accounts"),
        (["*"], "service_accounts"),
        (["churn*"], "service_accounts"),
        (["a" * 64], "service_accounts"),
        ([7], "service_accounts"),
        ([f"churn-{number}" for number in range(MOST_ACCOUNTS + 1)], "20"),
    ],
)
def test_an_account_that_is_not_a_projects_own_is_refused(
    tool: Tool, accounts: list[object], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        settings(tool, *accounts)


def test_the_most_and_longest_accounts_still_fit_a_trust_policy(on_aws: Any) -> None:
    scope = Scope(
        name="a" * 16, environment="e" * 10, account="123456789012", region="ap-southeast-1"
    )
    workload: Any = {
        "service_account": SERVICE_ACCOUNT,
        "namespace": "n" * 63,
        "further_service_accounts": [f"{number:x<63}" for number in range(10, 10 + MOST_ACCOUNTS)],
    }

    def program(opts: pulumi.ResourceOptions) -> None:
        cluster: Any = {"cluster_name": "c" * 100}  # EKS allows no longer one
        consumers = {"serving-identity": workload}
        PodIdentity("identity", {"scope": scope, "cluster": cluster, "consumers": consumers}, opts)

    made: Mapping[str, Resource] = on_aws(program)
    (role,) = (found for found in made.values() if found.type.endswith(":Role"))
    assert len(role.inputs["assumeRolePolicy"]) <= 2048  # IAM's quota


def test_no_instance_can_be_called_like_the_secret_with_the_key() -> None:
    assert len(DATA_SECRET) > INSTANCE_LIMIT
