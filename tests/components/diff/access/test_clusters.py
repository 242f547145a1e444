from __future__ import annotations

from tests.components.diff.access.sides import differing, plan, resource, the_only, urn

from stackwright.diff.findings import Direction
from stackwright.plan.graph import JsonValue, Plan, Resource

CLUSTER = "aws:eks/cluster:Cluster"
ADMINISTRATOR = "AmazonEKSClusterAdminPolicy"


def cluster(**network: JsonValue) -> Resource:
    return resource(CLUSTER, "cluster", {"name": "acme", "vpcConfig": network}, "cluster")


PRIVATE = cluster(endpointPublicAccess=False)


def association(policy: str, *namespaces: str) -> Resource:
    scope = {"type": "namespace", "namespaces": list(namespaces)} if namespaces else {}
    return resource(
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        policy,
        {
            "clusterName": "acme",
            "principalArn": "arn:aws:iam::123456789012:role/data-science",
            "policyArn": f"arn:aws:eks::aws:cluster-access-policy/{policy}",
            "accessScope": scope or {"type": "cluster"},
        },
    )


def side(*parts: Resource) -> Plan:
    return plan(PRIVATE, *parts)


def test_an_endpoint_that_becomes_public_without_ranges_is_open_to_the_internet() -> None:
    found = the_only(plan(PRIVATE), plan(cluster(endpointPublicAccess=True)))
    assert found.sentence == (
        "The API of cluster can now be reached from the internet (0.0.0.0/0)."
    )


def test_a_smaller_range_of_the_endpoint_narrows() -> None:
    wide = plan(cluster(endpointPublicAccess=True, publicAccessCidrs=["203.0.113.0/24"]))
    narrow = plan(cluster(endpointPublicAccess=True, publicAccessCidrs=["203.0.113.7/32"]))
    assert the_only(wide, narrow).direction is Direction.NARROWER


def test_a_new_administrator_of_a_cluster_that_is_there_is_wider_access() -> None:
    found = the_only(side(), side(association(ADMINISTRATOR)))
    assert (found.urn, found.new) == (urn(CLUSTER, "cluster"), False)
    assert found.sentence == (
        "Role data-science of account 123456789012 may now do what AmazonEKSClusterAdminPolicy"
        " allows in cluster."
    )


def test_a_policy_for_one_namespace_is_part_of_that_for_the_cluster() -> None:
    view = "AmazonEKSViewPolicy"
    whole, part = side(association(view)), side(association(view, "ml"))
    assert the_only(part, whole).direction is Direction.WIDER
    assert the_only(whole, part).direction is Direction.NARROWER


def test_an_administrator_gains_nothing_by_another_policy() -> None:
    administrator = association(ADMINISTRATOR)
    assert differing(side(administrator), side(administrator, association("Other"))) == ()
