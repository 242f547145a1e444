from __future__ import annotations

import pytest

from stackwright.diff.access.conditions import conditions, stricter
from stackwright.plan.graph import JsonValue

SUB = "token.actions.githubusercontent.com:sub"


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"StringEquals": {"k": "a"}}, {}),
        ({"StringEquals": {"k": "a"}}, {"StringEquals": {"k": ["a", "b"]}}),
        ({"StringEquals": {"K": "a"}}, {"stringequals": {"k": "a"}}),
        ({"StringEquals": {SUB: "repo:acme/x:ref:main"}}, {"StringLike": {SUB: "repo:acme/*"}}),
        ({"StringLike": {SUB: "repo:acme/x:*"}}, {"StringLike": {SUB: "repo:acme/*"}}),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"StringNotEquals": {"k": "a"}}),
        ({"StringNotLike": {"k": "a*"}}, {"StringNotLike": {"k": "ab*"}}),
        ({"IpAddress": {"k": "10.1.0.0/16"}}, {"IpAddress": {"k": "10.0.0.0/8"}}),
        ({"NotIpAddress": {"k": "10.0.0.0/8"}}, {"NotIpAddress": {"k": "10.1.0.0/16"}}),
        ({"Bool": {"k": True}}, {"Bool": {"k": "true"}}),
        ({"StringEquals": {"k": "a"}}, {"StringEqualsIfExists": {"k": "a"}}),
        ({"StringEquals": {"k": "a"}, "Bool": {"mfa": "true"}}, {"Bool": {"mfa": "true"}}),
    ],
)
def test_a_condition_is_stricter_than_one_that_it_implies(
    narrow: JsonValue, wide: JsonValue
) -> None:
    assert stricter(conditions(narrow), conditions(wide))
    if conditions(narrow) != conditions(wide):
        assert not stricter(conditions(wide), conditions(narrow))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"StringEquals": {"k": "a"}}, {"StringEquals": {"other": "a"}}),
        ({"StringLike": {"k": "a*"}}, {"StringEquals": {"k": "a*"}}),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {"StringEquals": {"k": "a"}}),
        ({"NumericLessThan": {"k": "5"}}, {"NumericLessThan": {"k": "6"}}),
        ({"IpAddress": {"k": "${output:urn#cidr}"}}, {"IpAddress": {"k": "10.0.0.0/8"}}),
    ],
)
def test_what_cannot_be_compared_implies_nothing(one: JsonValue, other: JsonValue) -> None:
    assert not stricter(conditions(one), conditions(other))


def test_a_condition_is_said_without_the_address_of_the_issuer() -> None:
    (found,) = conditions({"StringLike": {SUB: ["repo:acme/*", "repo:acme-ml/*"]}})
    assert found.words() == "sub is like repo:acme-ml/* or repo:acme/*"
