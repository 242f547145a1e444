from __future__ import annotations

import pytest
from pydantic import ValidationError

from stackwright import catalog, contracts
from stackwright.claims import ClusterClaim, Layer
from stackwright.scope import Scope
from stackwright.storage.s3.settings import S3Settings
from stackwright.tool import (
    AwsToolSettings,
    KubernetesToolSettings,
    Scheduling,
    TaintEffect,
    Toleration,
    TolerationOperator,
    ToolSettings,
)
from stackwright.tracking.mlflow.settings import MlflowSettings

TOOLS = [tool for tools in catalog.capabilities().values() for tool in tools.values()]


def test_a_tool_knows_its_kind_capability_and_component() -> None:
    assert S3Settings.kind_name() == "s3"
    assert S3Settings.capability() == "storage"
    assert S3Settings.component_path(Layer.FOUNDATION) == ("stackwright.storage.s3.component", "S3")


def test_a_tool_needs_nothing_and_fits_everywhere_unless_it_says_so() -> None:
    settings = S3Settings(kind="s3")
    scope = Scope(name="acme", environment="prod")
    assert settings.claims(Layer.FOUNDATION) == {}
    assert list(settings.misfits(scope)) == []
    assert settings.cloud_policies(scope) == {}


def test_a_tool_in_the_cluster_needs_the_cluster() -> None:
    claims = MlflowSettings(kind="mlflow").claims(Layer.PLATFORM)
    assert claims["cluster"] == ClusterClaim()
    assert KubernetesToolSettings.claims(MlflowSettings(kind="mlflow"), Layer.PLATFORM) == {
        "cluster": ClusterClaim()
    }


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.kind_name())
def test_what_a_tool_gives_is_in_its_contract(tool: type[ToolSettings]) -> None:
    if tool.gives:
        assert set(tool.gives) <= set(getattr(contracts, tool.contract).__annotations__)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.kind_name())
def test_the_profiles_of_a_tool_set_keys_that_it_has(tool: type[ToolSettings]) -> None:
    for profile, values in tool.profiles.items():
        assert profile in ("development", "production")
        assert set(values) <= set(tool.model_fields)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.kind_name())
def test_every_profile_of_a_tool_sets_the_same_keys(tool: type[ToolSettings]) -> None:
    assert len({frozenset(values) for values in tool.profiles.values()}) <= 1


def test_a_toleration_accepts_every_value_and_effect_unless_it_says_so() -> None:
    toleration = Toleration(key="nvidia.com/gpu")
    assert toleration.operator is TolerationOperator.EXISTS
    assert toleration.effect is None
    assert Toleration(key="team", effect=TaintEffect.NO_EXECUTE).effect == "NoExecute"


def test_scheduling_takes_labels_of_kubernetes_itself() -> None:
    selector = {"kubernetes.io/arch": "arm64"}
    assert Scheduling(node_selector=selector).node_selector == selector


@pytest.mark.parametrize(
    "values",
    [
        {"node_selector": {"kubernetes.io/arch": "arm 64"}},
        {"node_selector": {"": "arm64"}},
        {"tolerations": [{"key": ""}]},
        {"zone": "a"},
    ],
)
def test_other_scheduling_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Scheduling.model_validate(values)


def test_tags_leave_room_for_those_of_the_platform() -> None:
    assert issubclass(S3Settings, AwsToolSettings)
    assert len(S3Settings(kind="s3", tags={f"k{n}": "v" for n in range(25)}).tags) == 25
    with pytest.raises(ValidationError):
        S3Settings(kind="s3", tags={f"k{n}": "v" for n in range(26)})
