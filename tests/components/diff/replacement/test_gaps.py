"""What the users of a resource see while it is replaced is said in a sentence, or not at all."""

from __future__ import annotations

import pytest

from stackwright.data.stateful import losses
from stackwright.diff.changes import Order
from stackwright.diff.replacement.gaps import gap

FIRST, AFTER = Order.DELETE_FIRST, Order.CREATE_FIRST
DEPLOYMENT, SERVICE = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"


@pytest.mark.parametrize(
    ("type_", "capability", "order", "elsewhere", "expected"),
    [
        (
            DEPLOYMENT,
            "serving",
            FIRST,
            False,
            "Its pods are deleted before new ones start; until then no request to the model is"
            " answered.",
        ),
        (
            DEPLOYMENT,
            "tracking",
            FIRST,
            False,
            "Its pods are deleted before new ones start; until then no run can be recorded and no"
            " model be looked up.",
        ),
        (DEPLOYMENT, "serving", AFTER, False, ""),
        (
            DEPLOYMENT,
            "",
            AFTER,
            True,
            "It starts anew in the new cluster; until then nobody answers.",
        ),
        (
            SERVICE,
            "serving",
            FIRST,
            False,
            "It is gone until the new one is there; until then no request to the model is"
            " answered.",
        ),
        (SERVICE, "", AFTER, False, "It gets another address, which callers must be told."),
        ("kubernetes:core/v1:ConfigMap", "serving", FIRST, False, ""),
        ("kubernetes:core/v1:ConfigMap", "serving", AFTER, True, ""),
        (
            "aws:rds/instance:Instance",
            "database",
            FIRST,
            False,
            "It is gone until the new one is there, and the new one starts empty.",
        ),
        (
            "aws:eks/nodeGroup:NodeGroup",
            "cluster",
            AFTER,
            False,
            "New nodes start before the old ones are drained, and every pod on them moves.",
        ),
        (
            "aws:ec2/natGateway:NatGateway",
            "network",
            AFTER,
            False,
            "Outgoing traffic comes from another public address, which allow-lists must know.",
        ),
        ("aws:ec2/subnet:Subnet", "network", AFTER, False, ""),
    ],
)
def test_a_gap_is_told_by_type_capability_and_order(
    type_: str, capability: str, order: Order, elsewhere: bool, expected: str
) -> None:
    found = gap(type_, capability, order, losses().get(type_, ""), in_another_cluster=elsewhere)
    assert found == expected


@pytest.mark.parametrize("type_", sorted(losses()))
@pytest.mark.parametrize("order", list(Order))
def test_what_loses_something_never_goes_without_a_word(type_: str, order: Order) -> None:
    assert gap(type_, "", order, losses()[type_], in_another_cluster=False).endswith(".")
