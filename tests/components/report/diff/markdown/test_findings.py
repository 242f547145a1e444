from __future__ import annotations

from dataclasses import replace

import pytest
from tests.components.report.diff.diffs import (
    DEPLOYMENT,
    ROLE_POLICY,
    change,
    diff,
    environment,
    urn,
)

from stackwright.diff.changes import Action
from stackwright.diff.findings import AccessChange, Direction
from stackwright.report.diff.markdown import markdown


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("prod", "would follow what they are in, once that has its alias"),
        ("old", "seem to be those of another stack, from which no alias leads"),
    ],
)
def test_renames_that_need_no_alias_of_their_own_are_counted(place: str, words: str) -> None:
    new = (
        replace(change(DEPLOYMENT, name, Action.CREATE), twin=urn(DEPLOYMENT, "x", place))
        for name in "ab"
    )
    shown = markdown(diff(environment("prod", *new)))
    assert f"2 resources in `prod` {words}: 2 deployments." in shown


def test_a_rename_without_an_alias_names_the_alias() -> None:
    new = replace(
        change(DEPLOYMENT, "api", Action.CREATE),
        twin=urn(DEPLOYMENT, "server"),
        alias=urn(DEPLOYMENT, "server"),
    )
    shown = markdown(diff(environment("prod", new)))
    assert "deployment `api` in `prod` seems to be `server` renamed" in shown
    assert "add the alias `urn:pulumi:prod::acme-ml-platform::" in shown


def test_access_that_comes_with_what_is_new_is_no_risk() -> None:
    role = change(ROLE_POLICY, "reader", Action.CREATE)
    wider = AccessChange(
        role.urn, "platform", "tracking", "IAM policy", Direction.WIDER, "It may read.", ("a", "b")
    )
    wider = replace(wider, new=True)
    shown = markdown(diff(replace(environment("prod", role), access=(wider,))))
    assert "<b>Access</b>: 1 new with what it is for" in shown
    assert "**New with what it is for**, IAM policy `reader` in `prod`: It may read." in shown
    assert "```" not in shown


def test_wider_access_that_a_new_resource_gives_to_what_was_there_is_read_without_a_fold() -> None:
    role = change(ROLE_POLICY, "reader", Action.CREATE)
    wider = AccessChange(
        role.urn, "platform", "tracking", "IAM policy", Direction.WIDER, "It may.", ("read",)
    )
    shown = markdown(diff(replace(environment("prod", role), access=(wider,))))
    assert "<details open><summary><b>Access</b>: 1 wider</summary>" in shown
    assert "+ read" in shown


def test_a_rule_that_denies_and_goes_widens_access() -> None:
    gone = change(ROLE_POLICY, "denies", Action.DELETE)
    wider = AccessChange(
        gone.urn, "platform", "tracking", "network policy", Direction.WIDER, "All may.", ("tcp",)
    )
    shown = markdown(diff(replace(environment("prod", gone), access=(wider,))))
    assert "<b>Access</b>: 1 wider</summary>" in shown
    assert "+ tcp" in shown


def test_a_right_that_the_sentence_names_is_not_listed_again() -> None:
    rule = change(ROLE_POLICY, "api", Action.UPDATE)
    wider = AccessChange(
        rule.urn, "platform", "tracking", "role", Direction.WIDER, "It may read now.", ("read",)
    )
    shown = markdown(diff(replace(environment("prod", rule), access=(wider,))))
    assert "It may read now." in shown
    assert "+ read" not in shown
    more = replace(wider, gained=("read", "write"))
    assert "+ write" in markdown(diff(replace(environment("prod", rule), access=(more,))))
