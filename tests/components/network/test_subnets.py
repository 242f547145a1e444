from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from stackwright.network.vpc.subnets import ZoneSubnets, subnet_plan


def test_the_plan_of_a_network_is_known_by_heart() -> None:
    plan = subnet_plan("10.20.0.0/16", ["eu-west-1a", "eu-west-1c"])
    assert plan == {
        "eu-west-1a": ZoneSubnets(private="10.20.0.0/19", public="10.20.192.0/22"),
        "eu-west-1c": ZoneSubnets(private="10.20.64.0/19", public="10.20.200.0/22"),
    }


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "172.16.0.0/18", "192.168.240.0/20"])
def test_subnets_lie_in_the_network_and_never_overlap(cidr: str) -> None:
    plan = subnet_plan(cidr, "abcdef")
    ranges = [IPv4Network(text) for zone in plan.values() for text in (zone.private, zone.public)]
    assert all(found.subnet_of(IPv4Network(cidr)) for found in ranges)
    assert not any(one.overlaps(other) for one, other in combinations(ranges, 2))


@pytest.mark.parametrize("zones", [["a", "b"], ["b", "a"], ["a", "b", "f"], ["f", "e", "b", "a"]])
def test_another_zone_or_order_moves_no_subnet(zones: list[str]) -> None:
    plan = subnet_plan("10.0.0.0/16", zones)
    alone = {zone: subnet_plan("10.0.0.0/16", [zone])[zone] for zone in zones}
    assert plan == alone


def test_the_smallest_network_still_holds_a_load_balancer_per_zone() -> None:
    plan = subnet_plan("10.0.0.0/20", "abc")
    # A load balancer needs eight free addresses, AWS keeps five of each subnet.
    assert {IPv4Network(zone.public).num_addresses for zone in plan.values()} == {64}
