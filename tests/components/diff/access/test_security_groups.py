from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.components.diff.access.sides import (
    differing,
    output,
    plan,
    resource,
    the_only,
    urn,
)

from stackwright.diff.access.addresses import Rule, gained, words
from stackwright.diff.findings import Direction
from stackwright.plan.graph import JsonValue, Plan, Resource

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
CLUSTER = "aws:eks/cluster:Cluster"

OTHER = resource("aws:s3/bucket:Bucket", "data", {})
EMPTY = resource(GROUP, "database", {}, "database")


def ingress(name: str, cidr: str, first: int = 5432, last: int = 5432) -> Resource:
    return resource(
        INGRESS,
        name,
        {
            "securityGroupId": output(GROUP, "database", "id"),
            "ipProtocol": "tcp",
            "fromPort": first,
            "toPort": last,
            "cidrIpv4": cidr,
        },
        "database",
    )


def inline(*rules: JsonValue) -> Plan:
    return plan(resource(GROUP, "database", {"ingress": list(rules)}, "database"))


def test_the_internet_is_called_so() -> None:
    found = the_only(plan(EMPTY), plan(EMPTY, ingress("open", "0.0.0.0/0")))
    assert found.sentence == (
        "Security group database now lets through tcp 5432 from the internet (0.0.0.0/0)."
    )
    assert (found.urn, found.direction) == (urn(GROUP, "database"), Direction.WIDER)


def test_a_rule_is_the_same_inside_the_group_and_beside_it() -> None:
    rule = {"protocol": "6", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8"]}
    assert differing(inline(rule), plan(EMPTY, ingress("a", "10.0.0.0/8"))) == ()


def test_a_range_cut_in_two_is_no_change() -> None:
    whole = plan(EMPTY, ingress("a", "10.0.0.0/8", 5432, 5434))
    halves = [
        ingress(f"{cidr}-{port}", cidr, port, port)
        for cidr in ("10.0.0.0/9", "10.128.0.0/9")
        for port in (5432, 5433, 5434)
    ]
    assert differing(whole, plan(EMPTY, *halves)) == ()


def test_only_the_ports_that_are_new_are_said() -> None:
    narrow = plan(EMPTY, ingress("a", "10.0.0.0/8", 5000, 5010))
    wide = plan(EMPTY, ingress("a", "10.0.0.0/8", 4990, 5020))
    assert the_only(narrow, wide).gained == (
        "tcp 4990 to 4999 from 10.0.0.0/8",
        "tcp 5011 to 5020 from 10.0.0.0/8",
    )


def test_all_traffic_holds_every_protocol() -> None:
    all_of_it = inline({"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.0/8"]})
    found = the_only(all_of_it, plan(EMPTY, ingress("a", "10.1.0.0/16")))
    assert found.direction is Direction.NARROWER
    assert found.lost == ("all traffic from 10.0.0.0/8",)


def test_a_rule_of_a_group_that_a_cluster_brings_is_a_finding_of_the_cluster() -> None:
    cluster = resource(CLUSTER, "cluster", {"vpcConfig": {}}, "cluster")
    rule = resource(
        INGRESS,
        "api",
        {
            "securityGroupId": output(CLUSTER, "cluster", "vpcConfig.clusterSecurityGroupId"),
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.0.0.0/8",
        },
    )
    found = the_only(plan(cluster), plan(cluster, rule))
    assert (found.urn, found.new) == (urn(CLUSTER, "cluster"), False)
    assert found.sentence == (
        "The security group of cluster now lets through tcp 443 from 10.0.0.0/8."
    )


def test_a_new_group_comes_with_its_rules_unless_it_opens_to_the_internet() -> None:
    private = the_only(plan(OTHER), plan(OTHER, EMPTY, ingress("a", "10.0.0.0/8")))
    assert private.new is True
    public = the_only(plan(OTHER), plan(OTHER, EMPTY, ingress("a", "::/0")))
    assert public.new is False


def test_a_source_known_after_deployment_is_unclear() -> None:
    def from_list(path: str) -> Plan:
        mark = {"$unknown": [f"{urn(CLUSTER, 'cluster')}#{path}"]}
        return inline({"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": mark})

    assert differing(from_list("a"), from_list("a")) == ()
    assert the_only(from_list("a"), from_list("b")).direction is Direction.UNCLEAR


RANGES = st.sampled_from(
    ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.0.0/16", "::/0", "sg-1"]
)


@st.composite
def traffic(draw: st.DrawFn) -> Rule:
    protocol = draw(st.sampled_from(["tcp", "udp", "all"]))
    first = draw(st.integers(0, 6))
    last = draw(st.integers(first, 6))
    if protocol == "all":
        first, last = 0, 65535
    return Rule(draw(st.booleans()), protocol, first, last, draw(RANGES))


RULES = st.lists(traffic(), max_size=5)


@given(RULES)
def test_rules_compared_with_themselves_are_nothing(rules: list[Rule]) -> None:
    assert gained(rules, list(reversed(rules))) == []


@given(RULES, traffic())
def test_adding_a_rule_never_narrows(rules: list[Rule], more: Rule) -> None:
    assert gained([*rules, more], rules) == []


@given(RULES, RULES)
def test_with_what_is_gained_the_earlier_rules_hold_all_of_the_later(
    before: list[Rule], after: list[Rule]
) -> None:
    more = gained(before, after)
    assert gained([*before, *more], after) == []
    assert all(words(rule) for rule in more)
