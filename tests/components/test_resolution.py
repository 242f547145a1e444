from __future__ import annotations

from typing import Literal

from stackwright.claims import (
    Claim,
    Layer,
    ObjectStoreClaim,
    OwnPartClaim,
    SecretStoreClaim,
    WorkloadIdentityClaim,
)
from stackwright.resolution import Instance, Part, Resolution, Use
from stackwright.tool import ToolSettings


class Store(ToolSettings):
    """Gives a policy with each claim."""

    gives = ("bucket", "policy")

    kind: Literal["store"] = "store"


class Plain(ToolSettings):
    """Gives no policy; hands one over to its own part in the next layer."""

    hands_over = ("policy",)

    kind: Literal["plain"] = "plain"


def use(consumer: str, name: str, claim: Claim, provider: str) -> Use:
    return Use(Part(Layer.PLATFORM, consumer), name, claim, Part(Layer.FOUNDATION, provider))


def resolution(*uses: Use) -> Resolution:
    tools: dict[str, ToolSettings] = {"store": Store()}
    names = {name for found in uses for name in (found.consumer.instance, found.provider.instance)}
    return Resolution(
        {name: Instance(name, name, tools.get(name, Plain()), (name,)) for name in sorted(names)},
        list(uses),
    )


IDENTITY = use("server", "identity", WorkloadIdentityClaim(service_account="server"), "roles")


def test_a_workload_is_granted_what_its_own_claims_give() -> None:
    artifacts = use("server", "artifacts", ObjectStoreClaim(), "store")
    other = use("other", "artifacts", ObjectStoreClaim(), "store")
    assert resolution(IDENTITY, artifacts, other).grants(IDENTITY) == (artifacts,)


def test_a_claim_without_a_policy_grants_nothing() -> None:
    plain = use("server", "backend", ObjectStoreClaim(), "plain")
    assert resolution(IDENTITY, plain).grants(IDENTITY) == ()


def test_a_secret_store_is_granted_what_it_reads_for_others() -> None:
    keeper = use("keeper", "identity", WorkloadIdentityClaim(service_account="keeper"), "roles")
    reads = use("database", "secrets", SecretStoreClaim(), "keeper")
    handed = use("database", "foundation", OwnPartClaim(), "database")
    assert resolution(keeper, reads, handed).grants(keeper) == (handed,)
    assert resolution(keeper, handed).grants(keeper) == ()


def test_the_key_of_a_use_names_the_consumer_and_its_word() -> None:
    assert IDENTITY.key == "server-identity"
