from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.errors import InputError
from stackwright.network.vpc.component import Vpc
from stackwright.network.vpc.settings import VpcSettings
from stackwright.plan.graph import Resource
from stackwright.scope import Scope

Network = Callable[..., Mapping[str, Resource]]


@pytest.fixture
def network(scope: Scope, on_aws: Any) -> Network:
    def make(**settings: Any) -> Mapping[str, Resource]:
        def program(opts: pulumi.ResourceOptions) -> None:
            chosen: Any = {"cidr": "10.20.0.0/16", **settings}
            Vpc("network", {"scope": scope, "settings": chosen}, opts)

        made: Mapping[str, Resource] = on_aws(program)
        return made

    return make


def of_type(made: Mapping[str, Resource], type_: str) -> dict[str, Resource]:
    return {name: found for name, found in made.items() if found.type.endswith(f":{type_}")}


def test_a_network_of_two_zones_is_made_of_these_resources(network: Network) -> None:
    made = network(zones=["a", "b"], nat="one")
    assert sorted(set(made) - {"aws"}) == [
        "network-default-security-group",
        "network-flow-log",
        "network-flow-log-policy",
        "network-flow-log-role",
        "network-flow-logs",
        "network-internet",
        "network-key",
        "network-key-alias",
        "network-nat-eu-west-1a",
        "network-nat-eu-west-1a-address",
        "network-private-eu-west-1a",
        "network-private-eu-west-1a-association",
        "network-private-eu-west-1a-internet",
        "network-private-eu-west-1a-routes",
        "network-private-eu-west-1b",
        "network-private-eu-west-1b-association",
        "network-private-eu-west-1b-internet",
        "network-private-eu-west-1b-routes",
        "network-public-eu-west-1a",
        "network-public-eu-west-1a-association",
        "network-public-eu-west-1b",
        "network-public-eu-west-1b-association",
        "network-public-internet",
        "network-public-routes",
        "network-s3",
        "network-vpc",
    ]


def test_no_subnet_gives_public_addresses(network: Network) -> None:
    subnets = of_type(network(), "Subnet").values()
    assert [subnet.inputs["mapPublicIpOnLaunch"] for subnet in subnets] == [False] * 6


def test_private_subnets_have_no_route_to_the_internet_gateway(network: Network) -> None:
    routes = of_type(network(), "Route")
    through_gateway = {name for name, route in routes.items() if "gatewayId" in route.inputs}
    assert through_gateway == {"network-public-internet"}


def test_the_default_security_group_lets_nothing_through(network: Network) -> None:
    group = network()["network-default-security-group"]
    assert (group.inputs["ingress"], group.inputs["egress"]) == ([], [])


def test_all_traffic_is_logged_encrypted_for_a_year(network: Network) -> None:
    made = network()
    assert made["network-flow-log"].inputs["trafficType"] == "ALL"
    logs = made["network-flow-logs"].inputs
    assert logs["retentionInDays"] == 365
    assert logs["kmsKeyId"].endswith("::network-key#arn}")
    assert made["network-key"].inputs["enableKeyRotation"] is True


@pytest.mark.parametrize(
    ("nat", "gateways"),
    [
        ("per-zone", ["network-nat-eu-west-1b", "network-nat-eu-west-1c"]),
        ("one", ["network-nat-eu-west-1b"]),
    ],
)
def test_gateways_stand_where_the_setting_says(
    network: Network, nat: str, gateways: list[str]
) -> None:
    made = network(nat=nat, zones=["eu-west-1c", "eu-west-1b"])
    assert sorted(of_type(made, "NatGateway")) == gateways


def test_without_nat_nothing_private_reaches_the_internet(network: Network) -> None:
    joining = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"]
    made = network(nat="none", interface_endpoints=joining)
    assert of_type(made, "NatGateway") == {}
    assert sorted(of_type(made, "Route")) == ["network-public-internet"]


def test_each_endpoint_admits_only_the_own_account(network: Network) -> None:
    made = of_type(network(interface_endpoints=["ecr.api", "sts"]), "VpcEndpoint")
    assert sorted(made) == ["network-endpoint-ecr.api", "network-endpoint-sts", "network-s3"]
    for endpoint in made.values():
        statement = json.loads(endpoint.inputs["policy"])["Statement"][0]
        condition = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
        assert statement["Condition"] == condition


def test_adding_a_zone_or_changing_the_order_moves_no_other_resource(network: Network) -> None:
    before = network(zones=["b", "c"])
    after = network(zones=["c", "a", "b"])
    assert set(before) < set(after)
    assert all(after[name].urn == found.urn for name, found in before.items())
    cidr = "cidrBlock"
    for name, subnet in of_type(before, "Subnet").items():
        assert after[name].inputs[cidr] == subnet.inputs[cidr]


def test_a_letter_means_the_zone_of_the_region(network: Network) -> None:
    by_letter, by_name = network(zones=["a", "b"]), network(zones=["eu-west-1a", "eu-west-1b"])
    assert by_letter == by_name


def test_a_zone_of_another_region_is_refused(network: Network) -> None:
    with pytest.raises(InputError, match="'us-east-1a' is no zone of eu-west-1") as refused:
        network(zones=["us-east-1a", "eu-west-1b"])
    assert refused.value.problems[0].path == "network.zones"


def test_the_blueprint_says_where_the_zone_of_another_region_stands(scope: Scope) -> None:
    settings = VpcSettings(kind="vpc", zones=["a", "us-east-1b"])
    assert list(settings.misfits(scope)) == [
        (("zones", 1), "us-east-1b is no zone of eu-west-1; write eu-west-1b.")
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"cidr": "10.0.0.0/15"},
        {"cidr": "10.0.0.0/21"},
        {"cidr": "10.0.1.0/16"},
        {"cidr": "8.8.0.0/16"},
        {"cidr": "172.32.0.0/16"},
        {"cidr": "10.0.0.256/16"},
        {"zones": ["a"]},
        {"zones": ["a", "b", "c", "d", "e"]},
        {"zones": ["a", "eu-west-1a"]},
        {"zones": ["a", "g"]},
        {"nat": "none"},
        {"nat": "none", "interface_endpoints": ["sts"]},
        {"interface_endpoints": ["sts", "sts"]},
        {"interface_endpoints": ["s3"]},
        {"flow_log_retention_days": 30},
    ],
)
def test_settings_that_make_no_safe_network_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        VpcSettings.model_validate_json(json.dumps({"kind": "vpc", **settings}))
