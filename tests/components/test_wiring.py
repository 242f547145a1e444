from __future__ import annotations

import pytest
from pydantic import ValidationError

from stackwright import catalog
from stackwright.claims import Layer
from stackwright.tool import ToolSettings
from stackwright.wiring import CONTRACTS, SCHEMA, Wiring, check_promise

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


def test_no_key_is_named_like_a_secret() -> None:
    for model in CONTRACTS.values():
        promised = model.keys()
        assert not [key for key in promised if "password" in key or "secret" in key]


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
