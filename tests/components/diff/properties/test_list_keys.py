from __future__ import annotations

import pytest

from stackwright.diff.properties.list_keys import identity, is_unordered, keys_of, label
from stackwright.plan.graph import JsonValue


@pytest.mark.parametrize(
    ("name", "elements", "keys"),
    [
        ("env", [{"name": "A"}, {"name": "B"}], ("name",)),
        ("Statement", [{"Sid": "A", "Effect": "Allow"}], ("Sid",)),
        ("volumeMounts", [{"name": "v", "mountPath": p} for p in ("/a", "/b")], ("mountPath",)),
        ("matchExpressions", [{"key": "k", "operator": "In"}], ("key", "operator")),
        ("taints", [{"key": "k", "effect": e} for e in "ab"], ("key", "effect")),
        ("ports", [{"port": 53, "protocol": p} for p in ("TCP", "UDP")], ("protocol", "port")),
        ("subjects", [{"kind": k, "name": "a"} for k in ("User", "Group")], ("kind", "name")),
        ("x", [{"kind": "A", "metadata": {"name": "n"}}], ("kind", "metadata.name")),
        ("x", [{"metadata": {}, "kind": "A", "name": "n"}], ("name",)),
        ("x", [{"a": 1}], None),
        ("x", [], None),
        ("x", ["name"], None),
    ],
)
def test_the_first_keys_that_tell_all_elements_apart_are_taken(
    name: str, elements: list[JsonValue], keys: tuple[str, ...] | None
) -> None:
    assert keys_of(name, elements, elements) == keys


def test_an_element_is_named_by_its_keys() -> None:
    element = {"kind": "Job", "metadata": {"name": "a,b"}}
    assert label(element, ("kind", "metadata.name")) == '[kind=Job,name="a,b"]'
    assert identity(element, ("kind", "metadata.name")) == ("Job", "a,b")


@pytest.mark.parametrize(
    ("name", "plain", "unordered"),
    [
        ("subnetIds", True, True),
        ("managedPolicyArns", True, True),
        ("publicAccessCidrs", True, True),
        ("verbs", True, True),
        ("command", True, False),
        ("instanceTypes", True, False),
        ("sourceLabels", True, False),
        ("ingress", False, True),
        ("ingress", True, False),
        ("initContainers", False, False),
        ("routes", False, False),
    ],
)
def test_a_list_is_a_set_where_its_order_means_nothing(
    name: str, plain: bool, unordered: bool
) -> None:
    assert is_unordered(name, plain=plain) is unordered
