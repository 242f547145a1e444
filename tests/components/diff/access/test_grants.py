from __future__ import annotations

import json
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stackwright.diff.access.comparing import gained
from stackwright.diff.access.grants import Rules, rules
from stackwright.diff.access.holding import Held, largest

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:*", "s3:Get*", "kms:Decrypt", "*"]
RESOURCES = ["*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::b/*", "${output:u#arn}/*"]
CONDITIONS = [
    {},
    {"StringEquals": {"aws:SourceAccount": "1"}},
    {"StringEquals": {"aws:SourceAccount": ["1", "2"]}},
    {"Bool": {"aws:SecureTransport": "false"}},
]

Statement = dict[str, Any]


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> Statement:
    action = draw(st.sampled_from(["Action", "Action", "NotAction"]))
    resource = draw(st.sampled_from(["Resource", "Resource", "NotResource"]))
    return {
        "Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        action: draw(some(ACTIONS)),
        resource: draw(some(RESOURCES)),
        "Condition": draw(st.sampled_from(CONDITIONS)),
    }


POLICIES = st.lists(statements(), max_size=4)


def said(policy: list[Statement]) -> Rules:
    return rules(json.dumps({"Statement": policy}))


def split(statement: Statement) -> list[Statement]:
    """One statement for each action and resource; what is excluded cannot be cut."""
    parts = [statement]
    for key in ("Action", "Resource"):
        if key in statement:
            parts = [{**part, key: one} for part in parts for one in statement[key]]
    return parts


@given(POLICIES)
def test_a_policy_compared_with_itself_is_nothing(policy: list[Statement]) -> None:
    assert gained(said(policy), said(policy)) == []


@given(POLICIES, st.randoms())
def test_reordering_is_nothing(policy: list[Statement], random: Any) -> None:
    shuffled = [dict(random.sample(list(one.items()), len(one))) for one in policy]
    for one in shuffled:
        for key in one.keys() - {"Effect", "Condition"}:
            one[key] = random.sample(one[key], len(one[key]))
    random.shuffle(shuffled)
    assert said(policy) == said(shuffled)


@given(POLICIES)
def test_splitting_statements_is_nothing(policy: list[Statement]) -> None:
    apart = [part for one in policy for part in split(one)]
    assert gained(said(policy), said(apart)) == []
    assert gained(said(apart), said(policy)) == []


@given(POLICIES, statements("Allow"))
def test_adding_a_permission_never_narrows(policy: list[Statement], more: Statement) -> None:
    assert gained(said([*policy, more]), said(policy)) == []


@given(POLICIES, statements("Deny"))
def test_adding_a_refusal_never_widens(policy: list[Statement], more: Statement) -> None:
    assert gained(said(policy), said([*policy, more])) == []


@given(POLICIES, st.data())
def test_removing_a_permission_never_widens(policy: list[Statement], data: st.DataObject) -> None:
    allowing = [one for one in policy if one["Effect"] == "Allow"]
    if allowing:
        gone = data.draw(st.sampled_from(allowing))
        rest = [one for one in policy if one is not gone]
        assert gained(said(policy), said(rest)) == []


@given(POLICIES, POLICIES)
def test_what_is_gained_is_allowed_or_was_refused(
    before: list[Statement], after: list[Statement]
) -> None:
    had, has = said(before), said(after)
    for grant in gained(had, has):
        assert grant in (has.grants if grant.allows else had.grants)


def test_nothing_at_all_is_no_policy_and_a_text_that_is_none_is_unreadable() -> None:
    assert rules(None) == Rules()
    assert rules("${output:urn#json}").unreadable == {"${output:urn#json}"}
    assert rules({"$unknown": ["urn#json"]}).unreadable
    assert rules("[" * 100_000).unreadable


@given(POLICIES, POLICIES)
def test_looking_quickly_finds_what_looking_at_all_finds(
    one: list[Statement], other: list[Statement]
) -> None:
    many = said(one).grants
    held = Held(many)
    for grant in said(other).grants:
        assert held.covers(grant) is any(every.covers(grant) for every in many)


@given(POLICIES)
def test_the_largest_grants_contain_all_and_none_of_them_another(policy: list[Statement]) -> None:
    grants = said(policy).grants
    kept = largest(grants)
    assert all(any(one.covers(grant) for one in kept) for grant in grants)
    assert not any(one.covers(two) for one in kept for two in kept if one is not two)


def test_policies_at_the_limit_of_their_size_are_compared_in_time() -> None:
    def large(prefix: str) -> Rules:
        actions = [f"s3:{prefix}{index:02}*" for index in range(100)]
        resources = [f"arn:aws:s3:::{prefix}-{index}/*" for index in range(100)]
        return said([{"Effect": "Allow", "Action": actions, "Resource": resources}])

    began = time.process_time()
    assert len(gained(large("a"), large("b"))) == 10_000
    assert time.process_time() - began < 20
