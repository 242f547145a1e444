from __future__ import annotations

from stackwright.kubernetes.namespace import outside_egress, to_namespaces


def test_a_rule_about_all_namespaces_has_no_empty_labels() -> None:
    assert to_namespaces({}, 80) == {
        "to": [{"namespace_selector": {}}],
        "ports": [{"protocol": "TCP", "port": 80}],
    }


def test_a_rule_about_all_ports_has_no_empty_list_of_ports() -> None:
    assert to_namespaces({"team": "ml"}) == {
        "to": [{"namespace_selector": {"match_labels": {"team": "ml"}}}]
    }
    assert outside_egress().keys() == {"to"}
