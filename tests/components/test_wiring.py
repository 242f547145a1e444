from __future__ import annotations

import pytest
from pydantic import ValidationError

from stackwright import catalog
from stackwright.blueprint.model import Profile
from stackwright.claims import Layer
from stackwright.tool import ToolSettings
from stackwright.wiring import CONTRACTS, SCHEMA, Wiring, check_promise, value_problems

TOOLS = [tool for tools in catalog.capabilities().values() for tool in tools.values()]


def test_every_wired_contract_is_known_by_its_name() -> None:
    assert {name: model.contract for name, model in CONTRACTS.items()} == {
        name: name for name in CONTRACTS
    }


def test_promised_keys_may_be_given_and_required_ones_must() -> None:
    required = frozenset({"data_url", "artifacts_url", "region"})
    check_promise("ObjectStore", required)
    check_promise("ObjectStore", required | {"endpoint"})


@pytest.mark.parametrize(
    ("contract", "keys", "said"),
    [
        ("ObjectStore", {"data_url", "region"}, r"missing \['artifacts_url'\]"),
        ("ImageRegistry", {"url", "password"}, r"never promised \['password'\]"),
        ("Network", {"vpc_id"}, r"never promised \['vpc_id'\]"),
    ],
)
def test_a_broken_promise_is_refused(contract: str, keys: set[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_promise(contract, frozenset(keys))


def test_a_key_named_like_a_secret_says_where_it_is_kept_and_takes_no_text() -> None:
    named = [
        (model.contract, key)
        for model in CONTRACTS.values()
        for key in sorted(model.keys())
        if "password" in key or "secret" in key or "access_key" in key
    ]
    assert named
    for contract, key in named:
        assert value_problems(
            contract, {key: "hunter2"}, unknown=CONTRACTS[contract].keys() - {key}
        )


def test_a_value_of_another_form_breaks_the_promise_where_it_is_known() -> None:
    good = {"uri": "http://mlflow:5000", "artifact_root": "s3://acme/runs"}
    check_promise("ExperimentTracker", good)
    check_promise("ExperimentTracker", {**good, "uri": object()})
    for uri in ("mlflow:5000", "http://169.254.169.254", "http://user:pw@mlflow"):
        with pytest.raises(ValueError, match="wiring of ExperimentTracker: uri"):
            check_promise("ExperimentTracker", {**good, "uri": uri})


def test_problems_name_file_and_key_and_leave_out_what_is_not_known_yet() -> None:
    values = {"namespace": "default", "extra": "a"}
    found = value_problems(
        "ModelServer", values, "outputs.json", ("wiring", "tools", "online"), {"mode"}
    )
    assert {(problem.file, problem.path) for problem in found} == {
        ("outputs.json", "wiring.tools.online.namespace"),
        ("outputs.json", "wiring.tools.online.service_account"),
        ("outputs.json", "wiring.tools.online.extra"),
    }


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.kind_name())
def test_a_tool_without_a_platform_part_says_which_keys_it_fills(
    tool: type[ToolSettings],
) -> None:
    if tool.contract in CONTRACTS and Layer.PLATFORM not in tool.parts:
        check_promise(tool.contract, frozenset(tool.wires))


def test_wiring_is_versioned_and_refuses_unknown_keys() -> None:
    wiring = {
        "platform": "acme",
        "environment": "prod",
        "target": "aws",
        "tools": {"tracking": {"uri": "http://mlflow"}},
        "contracts": {"tracking": "ExperimentTracker"},
    }
    assert Wiring.model_validate(wiring).schema_ == SCHEMA
    with pytest.raises(ValidationError):
        Wiring.model_validate({**wiring, "token": "x"})


def test_wiring_knows_every_profile_and_is_of_production_where_it_says_none() -> None:
    wiring = {"platform": "acme", "environment": "prod", "target": "aws"}
    empty: dict[str, object] = {**wiring, "tools": {}, "contracts": {}}
    assert Wiring.model_validate(empty).profile == "production"
    for profile in Profile:
        assert Wiring.model_validate({**empty, "profile": profile.value}).profile == profile
