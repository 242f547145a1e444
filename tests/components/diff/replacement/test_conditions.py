"""A change that replaces only in some cases is judged by the case."""

from __future__ import annotations

from typing import Any

import pytest

from stackwright.data.replacement import rules_of
from stackwright.diff.replacement.conditions import comes_true
from stackwright.diff.replacement.subject import Subject
from stackwright.plan.graph import ResourceOptions

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
SEARCH = "aws:opensearch/domain:Domain"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
SYMBOL = "${output:urn:pulumi:p::a::aws:x/y:Z::z#id}"


@pytest.mark.parametrize(
    ("type_", "path", "before", "after", "expected"),
    [
        (CACHE, "engineVersion", {"engineVersion": "7.1"}, {"engineVersion": "6.2"}, True),
        (CACHE, "engineVersion", {"engineVersion": "7.1"}, {"engineVersion": "7.10"}, False),
        (CACHE, "engineVersion", {"engineVersion": "7.1"}, {"engineVersion": "7"}, False),
        (CACHE, "engineVersion", {"engineVersion": "7.1"}, {"engineVersion": SYMBOL}, None),
        (CACHE, "engineVersion", {"engineVersion": "7.1"}, {}, None),
        (CACHE, "engineVersion", {"engineVersion": "a"}, {"engineVersion": "b"}, None),
        (CACHE, "engine", {"engine": "valkey"}, {"engine": "redis"}, True),
        (CACHE, "engine", {"engine": "redis"}, {"engine": "valkey"}, False),
        (CACHE, "engine", {"engine": "valkey"}, {"engine": SYMBOL}, None),
        (CACHE, "transitEncryptionEnabled", {}, {"transitEncryptionEnabled": True}, None),
        (
            "aws:sagemaker/notebookInstance:NotebookInstance",
            "volumeSize",
            {"volumeSize": 20},
            {"volumeSize": 10},
            True,
        ),
        (
            "aws:ssm/parameter:Parameter",
            "tier",
            {"tier": "Advanced"},
            {"tier": "Standard"},
            True,
        ),
        (
            "aws:ssm/parameter:Parameter",
            "tier",
            {"tier": "Intelligent-Tiering"},
            {"tier": "Standard"},
            False,
        ),
        (
            SEARCH,
            "encryptAtRest.enabled",
            {"encryptAtRest": {"enabled": True}},
            {"encryptAtRest": {"enabled": False}},
            True,
        ),
        (SEARCH, "encryptAtRest.enabled", {"encryptAtRest": {"enabled": True}}, {}, True),
        (
            SEARCH,
            "encryptAtRest.enabled",
            {"encryptAtRest": {"enabled": False}},
            {"encryptAtRest": {"enabled": True}},
            None,
        ),
        (SEARCH, "vpcOptions", {}, {"vpcOptions": {"subnetIds": ["a"]}}, True),
        (
            SEARCH,
            "vpcOptions",
            {"vpcOptions": {"subnetIds": ["a"]}},
            {"vpcOptions": {"subnetIds": ["b"]}},
            False,
        ),
        (
            "aws:eks/cluster:Cluster",
            "encryptionConfig",
            {},
            {"encryptionConfig": {"resources": ["secrets"]}},
            False,
        ),
        (
            "aws:eks/cluster:Cluster",
            "encryptionConfig",
            {"encryptionConfig": {"resources": ["secrets"]}},
            {},
            True,
        ),
        (BALANCER, "subnets", {"subnets": ["a", "b"]}, {"subnets": ["a"]}, False),
        (
            BALANCER,
            "subnets",
            {"loadBalancerType": "network", "subnets": ["a", "b"]},
            {"loadBalancerType": "network", "subnets": ["a"]},
            True,
        ),
        (
            BALANCER,
            "subnets",
            {"loadBalancerType": "network", "subnets": ["a"]},
            {"loadBalancerType": "network", "subnets": ["a", "b"]},
            False,
        ),
        (
            BALANCER,
            "subnets",
            {"loadBalancerType": "network", "subnets": ["a"]},
            {"loadBalancerType": SYMBOL, "subnets": []},
            None,
        ),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "privateDnsEnabled",
            {"vpcEndpointType": "Interface", "privateDnsEnabled": True},
            {"vpcEndpointType": "Interface", "privateDnsEnabled": False},
            False,
        ),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "privateDnsEnabled",
            {"privateDnsEnabled": True},
            {"privateDnsEnabled": False},
            True,
        ),
        (
            "aws:ec2/instance:Instance",
            "userData",
            {"userData": "a"},
            {"userData": "b", "userDataReplaceOnChange": True},
            True,
        ),
        ("aws:ec2/instance:Instance", "userData", {"userData": "a"}, {"userData": "b"}, False),
    ],
)
def test_a_case_comes_true_or_not_or_nobody_can_tell(
    type_: str, path: str, before: dict[str, Any], after: dict[str, Any], expected: bool | None
) -> None:
    rules = rules_of(type_)
    assert rules is not None
    subject = Subject(type_, before, after, ResourceOptions(), {})
    assert comes_true(subject, path, rules.sometimes[path]) is expected
