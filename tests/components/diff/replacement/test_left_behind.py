"""What a service keeps in its VPC cannot follow a network that is made anew."""

from __future__ import annotations

import pytest
from tests.components.diff.two_sides import by_name, example, with_inputs

from stackwright.diff.changes import Effect
from stackwright.diff.refusals import refusals
from stackwright.plan.graph import Plan

VPC = "aws:ec2/vpc:Vpc::network-vpc"
SUBNET = "aws:ec2/subnet:Subnet::network-private-eu-west-1a"
DATABASE = "aws:rds/instance:Instance::database"

BOUND = {
    "cluster": "vpcConfig.subnetIds",
    "database": "vpcSecurityGroupIds",
    "database-subnets": "subnetIds",
}


@pytest.fixture(scope="module")
def production() -> Plan:
    return example("aws-production", "prod")


def test_what_would_have_to_leave_its_vpc_is_uncertain_and_told(production: Plan) -> None:
    found = by_name(production, with_inputs(production, VPC, cidrBlock="10.99.0.0/16"))
    for name, path in BOUND.items():
        change = found[name]
        assert change.uncertain
        unsure = [one.path for one in change.properties if one.effect is Effect.UNKNOWN]
        assert unsure == [path]
    assert found["database"].loses == "database"
    told = [text for text in refusals(found.values()) if "another VPC" in text]
    assert len(told) == len(BOUND)
    assert (
        "RDS database database: vpcSecurityGroupIds would be in another VPC. It cannot leave the"
        " VPC that it was made in: the deployment would stop halfway. Make a new one beside it, in"
        " an environment with the new network, and move over."
    ) in told


def test_another_subnet_of_the_same_vpc_is_taken(production: Plan) -> None:
    found = by_name(production, with_inputs(production, SUBNET, cidrBlock="10.20.224.0/20"))
    assert found["network-private-eu-west-1a"].replacement is not None
    assert not found["cluster"].uncertain
    assert not any("another VPC" in text for text in refusals(found.values()))


def test_other_changes_of_what_lies_in_a_vpc_stay_in_place(production: Plan) -> None:
    found = by_name(production, with_inputs(production, DATABASE, multiAz=False))
    assert not found["database"].uncertain
