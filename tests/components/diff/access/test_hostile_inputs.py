"""Whatever a plan says, however wrong, access is compared without a fault."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.components.diff.access.sides import SOMETHING, differing, plan, resource

from stackwright.diff.access import access_changes
from stackwright.plan.graph import JsonValue

TYPES = [
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:eks/cluster:Cluster",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:iam/policy:Policy",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:Service",
    "kubernetes:gateway.networking.k8s.io/v1:Gateway",
    "kubernetes:helm.sh/v3:Release",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
]

KEYS = [
    "$unknown", "Action", "AWS", "Condition", "Effect", "NotAction", "NotPrincipal", "Principal",
    "Resource", "Statement", "StringLike", "accessScope", "annotations", "apiGroups",
    "assumeRolePolicy", "bucket", "cidr", "cidrBlocks", "cidrIpv4", "clusterName", "egress",
    "except", "from", "fromPort", "host", "ingress", "inlinePolicies", "ipBlock", "ipProtocol",
    "kind", "listeners", "matchExpressions", "matchLabels", "metadata", "name", "namespace",
    "namespaceSelector", "namespaces", "podSelector", "policy", "policyArn", "policyTypes", "port",
    "ports", "principalArn", "protocol", "publicAccessCidrs", "resourceNames", "resources", "role",
    "roleArn", "roleRef", "rules", "securityGroupId", "spec", "subjects", "to", "toPort", "type",
    "values", "verbs", "vpcConfig",
]  # fmt: skip

TEXTS = ["", "*", "Allow", "Deny", "${output:urn:x#arn}", "0.0.0.0/0", "300.1.1.1/99", "x\n\u202e"]

VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4),
        st.sampled_from(TEXTS),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=3).map(json.dumps),
    ),
    max_leaves=14,
)  # fmt: skip

INPUTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)
RESOURCES = st.lists(st.tuples(st.sampled_from(TYPES), st.sampled_from("abc"), INPUTS), max_size=6)

Given = list[tuple[str, str, dict[str, JsonValue]]]


@settings(max_examples=60)
@given(RESOURCES, RESOURCES)
def test_nothing_in_a_plan_makes_it_fail(before: Given, after: Given) -> None:
    base, head = (plan(*(resource(*one) for one in side)) for side in (before, after))
    for found in access_changes(SOMETHING, base, head):
        assert found.sentence.endswith(".")
        assert "\n" not in found.sentence
        assert "\u202e" not in found.sentence
        assert not any("\n" in item for item in (*found.gained, *found.lost))


@settings(max_examples=40)
@given(RESOURCES)
def test_a_plan_compared_with_itself_is_nothing(side: Given) -> None:
    same = plan(*(resource(*one) for one in side))
    assert differing(same, same) == ()


@pytest.mark.parametrize("direction", ["new", "gone"])
@settings(max_examples=30)
@given(RESOURCES)
def test_an_environment_that_is_new_only_gains_and_one_that_goes_only_loses(
    direction: str, side: Given
) -> None:
    whole = plan(*(resource(*one) for one in side))
    base, head = (None, whole) if direction == "new" else (whole, None)
    for found in differing(base, head):
        assert not (found.lost if direction == "new" else found.gained)
