from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.components.diff.access.sides import differing, kubernetes, plan, the_only

from stackwright.diff.access.kubernetes_roles import Permission
from stackwright.diff.findings import Direction
from stackwright.plan.graph import JsonValue, Plan, Resource

RBAC = "rbac.authorization.k8s.io/v1"


def role(*rules: JsonValue, name: str = "reader") -> Resource:
    return kubernetes(f"{RBAC}:Role", name, {"rules": list(rules)})


def rule(resources: list[str], verbs: list[str]) -> JsonValue:
    return {"apiGroups": [""], "resources": resources, "verbs": verbs}


def binding(reference: str = "Role/reader", subject: JsonValue = None) -> Resource:
    kind, _, name = reference.partition("/")
    account = {"kind": "ServiceAccount", "name": "mlflow", "namespace": "ml"}
    body = {"roleRef": {"kind": kind, "name": name}, "subjects": [subject or account]}
    return kubernetes(f"{RBAC}:RoleBinding", "bound", body)


def side(*rules: JsonValue) -> Plan:
    return plan(role(*rules), binding())


def test_new_verbs_on_one_thing_stand_together() -> None:
    before = side(rule(["secrets"], ["get"]))
    after = side(rule(["secrets"], ["get", "list", "delete"]))
    found = the_only(before, after)
    assert found.sentence == "Service account ml/mlflow may now delete and list secrets in ml."
    assert found.gained == ("delete secrets in ml", "list secrets in ml")


def test_a_wildcard_holds_every_verb() -> None:
    found = the_only(side(rule(["pods"], ["*"])), side(rule(["pods"], ["get", "create"])))
    assert found.direction is Direction.NARROWER
    assert found.lost == ("do everything with pods in ml",)


def test_rules_moved_between_two_roles_of_one_subject_are_no_change() -> None:
    one, other = rule(["pods"], ["get"]), rule(["secrets"], ["get"])
    second = kubernetes(
        f"{RBAC}:RoleBinding",
        "second",
        {
            "roleRef": {"kind": "Role", "name": "other"},
            "subjects": [{"kind": "ServiceAccount", "name": "mlflow", "namespace": "ml"}],
        },
    )
    assert (
        differing(side(one, other), plan(role(one), binding(), role(other, name="other"), second))
        == ()
    )


def test_a_cluster_role_that_is_not_in_the_plan_is_named() -> None:
    found = the_only(plan(), plan(binding("ClusterRole/view")))
    assert found.gained == ("do what the ClusterRole view allows in ml",)


def test_cluster_admin_is_everything() -> None:
    found = the_only(side(rule(["pods"], ["get"])), plan(binding("ClusterRole/cluster-admin")))
    assert found.gained == ("do everything with every resource in ml",)
    assert found.direction is Direction.WIDER


def test_a_group_of_people_that_is_bound_for_the_first_time_is_wider_access() -> None:
    people = {"kind": "Group", "name": "data-science"}
    found = the_only(plan(role()), plan(role(), binding("ClusterRole/edit", people)))
    assert found.new is False
    assert found.sentence.startswith("Group data-science may now")


def test_a_service_account_that_comes_with_its_role_is_new() -> None:
    account = kubernetes("core/v1:ServiceAccount", "mlflow", {})
    whole = (account, role(rule(["pods"], ["get"])), binding())
    elsewhere = kubernetes("core/v1:ConfigMap", "any", {})
    found = the_only(plan(elsewhere), plan(elsewhere, *whole))
    assert found.new is True


def test_a_role_that_nothing_binds_is_told_by_its_holders() -> None:
    found = the_only(plan(role()), plan(role(rule(["pods"], ["get"]))))
    assert found.sentence == "Whoever holds the Role ml/reader may now get pods in ml."


PERMISSIONS = st.builds(
    Permission,
    namespace=st.sampled_from(["", "ml"]),
    group=st.sampled_from(["", "*", "apps"]),
    resource=st.sampled_from(["*", "pods", "pods/log", "*/log"]),
    name=st.sampled_from(["*", "x"]),
    verb=st.sampled_from(["*", "get"]),
)


@given(PERMISSIONS)
def test_a_permission_includes_itself_and_what_includes_it_is_included_by_all_above(
    one: Permission,
) -> None:
    wider = set(one.wider())
    assert one in wider
    assert Permission("", "*", "*", "*", "*") in wider
    for two in wider:
        assert set(two.wider()) <= wider


@given(st.sets(PERMISSIONS, max_size=6), PERMISSIONS)
def test_adding_a_rule_never_narrows(held: set[Permission], more: Permission) -> None:
    def bound(permissions: set[Permission]) -> Plan:
        rules = [
            {
                "apiGroups": [one.group],
                "resources": [one.resource],
                "verbs": [one.verb],
                "resourceNames": [] if one.name == "*" else [one.name],
            }
            for one in permissions
        ]
        return side(*rules)

    for found in differing(bound(held), bound({*held, more})):
        assert found.direction is Direction.WIDER


def test_any_resource_has_the_subresources_of_all() -> None:
    found = the_only(side(rule(["*/scale"], ["get"])), side(rule(["deployments/scale"], ["get"])))
    assert found.direction is Direction.NARROWER
