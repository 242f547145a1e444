from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.diffs import grave

from stackwright.diff.findings import Allowance, Protection
from stackwright.report.diff.loss_order import loss_order

LOSS = replace(
    next(one.losses[0] for one in grave().environments if one.losses), protections=(), allowed=None
)
NAMESPACE = replace(LOSS, urn="urn:pulumi:dev::a::kubernetes:core/v1:Namespace::tracking")


def test_a_store_of_data_comes_before_what_holds_others() -> None:
    assert loss_order(LOSS) < loss_order(NAMESPACE)
    assert loss_order(LOSS) < loss_order(replace(LOSS, what=""))


def test_what_nothing_holds_comes_before_what_is_held() -> None:
    held = replace(LOSS, protections=(Protection("protect", True, "Pulumi refuses."),))
    assert loss_order(LOSS) < loss_order(held) < loss_order(NAMESPACE)


def test_what_is_refused_comes_before_what_is_allowed() -> None:
    allowed = replace(LOSS, allowed=Allowance("moved", "2030-01-31", False))
    assert loss_order(NAMESPACE) < loss_order(allowed)
