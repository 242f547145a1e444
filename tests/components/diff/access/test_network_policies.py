from __future__ import annotations

from tests.components.diff.access.sides import differing, kubernetes, plan, the_only

from stackwright.diff.findings import Direction
from stackwright.plan.graph import JsonValue, Plan, Resource

WORKLOAD = kubernetes("apps/v1:Deployment", "mlflow", {})


def policy(name: str, spec: JsonValue) -> Resource:
    return kubernetes("networking.k8s.io/v1:NetworkPolicy", name, {"spec": spec})


def incoming(*peers: JsonValue, port: int = 5000, pods: JsonValue = None) -> JsonValue:
    rule = {"ports": [{"port": port, "protocol": "TCP"}], "from": list(peers)}
    return {"podSelector": pods or {}, "policyTypes": ["Ingress"], "ingress": [rule]}


DENY = policy("deny", {"podSelector": {}, "policyTypes": ["Ingress"]})
OWN: JsonValue = {"podSelector": {}}
GATEWAY = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gateway"}}}
APP = {"matchLabels": {"app": "mlflow"}}


def side(*policies: Resource) -> Plan:
    return plan(WORKLOAD, *policies)


def test_a_new_peer_is_said_once_for_all_pods() -> None:
    found = the_only(
        side(DENY, policy("web", incoming(OWN))), side(DENY, policy("web", incoming(OWN, GATEWAY)))
    )
    assert found.direction is Direction.WIDER
    assert found.sentence == (
        "The network policies of pods in ml now let through tcp 5000 from all pods of namespace"
        " gateway."
    )


def test_the_first_policy_narrows_and_the_last_one_that_goes_widens() -> None:
    assert the_only(side(), side(DENY)).lost == ("all traffic from anywhere",)
    assert the_only(side(DENY), side()).direction is Direction.WIDER


def test_a_rule_moved_to_another_policy_of_the_same_pods_is_no_change() -> None:
    together = {
        **incoming(OWN),
        "ingress": [*incoming(OWN)["ingress"], *incoming(GATEWAY)["ingress"]],
    }
    apart = side(policy("a", incoming(OWN)), policy("b", incoming(GATEWAY)))
    assert differing(side(policy("a", together)), apart) == ()


def test_a_policy_of_some_pods_is_a_finding_of_these() -> None:
    found = the_only(side(DENY), side(DENY, policy("web", incoming(GATEWAY, pods=APP))))
    assert found.sentence.startswith("The network policies of pods app=mlflow in ml now let")


def test_a_range_within_another_and_outside_its_holes_is_no_gain() -> None:
    wide = incoming({"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}})
    inside = incoming({"ipBlock": {"cidr": "10.2.0.0/16"}})
    hole = incoming({"ipBlock": {"cidr": "10.1.2.0/24"}})
    assert the_only(side(policy("a", wide)), side(policy("a", inside))).direction is (
        Direction.NARROWER
    )
    assert the_only(side(policy("a", wide)), side(policy("a", hole))).direction is Direction.BOTH


def test_the_policies_of_a_new_namespace_are_no_finding() -> None:
    elsewhere = kubernetes("core/v1:ConfigMap", "any", {}, space="other")
    assert differing(plan(elsewhere), plan(elsewhere, WORKLOAD, DENY)) == ()


def test_a_namespace_that_only_policies_speak_of_is_there_already() -> None:
    elsewhere = kubernetes("core/v1:ConfigMap", "any", {}, space="other")
    found = the_only(plan(elsewhere), plan(elsewhere, DENY))
    assert (found.urn, found.direction) == (DENY.urn, Direction.NARROWER)


def test_the_finding_is_of_the_policy_that_changes() -> None:
    before, after = (policy("web", incoming(peer)) for peer in (OWN, GATEWAY))
    found = the_only(side(DENY, before), side(DENY, after))
    assert found.urn == after.urn


def test_a_reordered_rule_is_no_change() -> None:
    forth, back = incoming(OWN, GATEWAY), incoming(GATEWAY, OWN)
    assert differing(side(policy("a", forth)), side(policy("a", back))) == ()


def test_a_selector_known_after_deployment_is_unclear() -> None:
    first, second = (incoming({"podSelector": {"$unknown": [f"urn:x#{key}"]}}) for key in "ab")
    assert the_only(side(policy("a", first)), side(policy("a", second))).direction is (
        Direction.UNCLEAR
    )
