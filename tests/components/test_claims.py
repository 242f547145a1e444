from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError

import pytest

from stackwright import catalog, claims, contracts
from stackwright.claims import (
    Claim,
    DatabaseClaim,
    Layer,
    MonitoringClaim,
    Need,
    OwnPartClaim,
    WorkloadIdentityClaim,
)

CLAIMS = [
    member
    for _, member in inspect.getmembers(claims, inspect.isclass)
    if issubclass(member, Claim) and member not in (Claim, OwnPartClaim)
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_names_a_contract_that_there_is(claim: type[Claim]) -> None:
    assert inspect.isclass(getattr(contracts, claim.contract))


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_tool_of_the_capability_gives_the_contract(claim: type[Claim]) -> None:
    given = {tool.contract for tool in catalog.capabilities().get(claim.capability, {}).values()}
    assert given <= {claim.contract}


def test_layers_are_made_in_order() -> None:
    assert sorted(Layer) == [Layer.FOUNDATION, Layer.PLATFORM]


def test_a_need_is_required_unless_the_claim_says_otherwise() -> None:
    assert DatabaseClaim(database="runs").need is Need.REQUIRED
    assert WorkloadIdentityClaim(service_account="mlflow").need is Need.IMPLIED
    assert MonitoringClaim().need is Need.OPTIONAL


def test_a_claim_never_changes() -> None:
    claim = DatabaseClaim(database="runs")
    with pytest.raises(FrozenInstanceError):
        claim.database = "other"  # type: ignore[misc]
