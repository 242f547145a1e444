"""How one value of a plan is compared with the engine's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.comparison.deployed import ASSETS, SECRET, SIGNATURE, Outputs
from tests.engine.comparison.report import MISSING, Report
from tests.engine.comparison.values import ValueComparison, same

from stackwright.plan.graph import symbol

URN, OTHER = "urn:pulumi:dev::acme::aws:kms/key:Key::key", "urn:other"

OUTPUTS = Outputs(
    [{"urn": URN, "id": "the-id", "outputs": {"arn": "arn:key", "port": 5, "list": [{"a": "b"}]}}]
)

json_values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}


def compared(plan: Any, engine: Any) -> Report:
    report = Report()
    comparison = ValueComparison(report, OUTPUTS, URN, {"x": frozenset({URN})})
    comparison.compare("inputs.x", plan, engine)
    return report


def equal(plan: Any, engine: Any) -> bool:
    return not compared(plan, engine).differences


@given(json_values)
def test_every_value_equals_itself(value: Any) -> None:
    assert equal(value, json.loads(json.dumps(value)))
    assert same(value, json.loads(json.dumps(value)))


@given(json_values, json_values)
def test_two_values_are_equal_only_if_they_are_the_same_json(left: Any, right: Any) -> None:
    if json.dumps(left, sort_keys=True) != json.dumps(right, sort_keys=True):
        assert not equal(left, right)


@pytest.mark.parametrize(
    ("plan", "engine"),
    [
        (symbol(URN, "arn"), "arn:key"),
        (symbol(URN, "id"), "the-id"),
        (symbol(URN, "port"), 5),
        (f"key/{symbol(URN, 'arn')}/{symbol(URN, 'id')}", "key/arn:key/the-id"),
        (symbol(URN, "list[0].a"), "b"),
        ({"$unknown": [f"{URN}#arn"]}, 3),
        ({"$secret": []}, secret("hidden")),
        ({"a": {"$secret": []}, "b": 1}, secret({"a": "hidden", "b": 1})),
        ({"a": 1, "b": None}, {"a": 1}),
        (1, 1.0),
        ({SIGNATURE: ASSETS[0], "text": "a"}, {SIGNATURE: ASSETS[0], "text": "a", "hash": "b"}),
    ],
)
def test_these_are_equal(plan: Any, engine: Any) -> None:
    assert equal(plan, engine)


@pytest.mark.parametrize(
    ("plan", "engine"),
    [
        (symbol(URN, "arn"), "arn:other"),
        (symbol(URN, "missing"), "arn:key"),
        (symbol(OTHER, "arn"), "arn:key"),
        (f"key/{symbol(URN, 'arn')}", "arn:key"),
        ({"$unknown": [f"{OTHER}#arn"]}, 3),
        ({"$unknown": []}, MISSING),
        ({"$secret": []}, "open"),
        ("open", secret("open")),
        ({"a": {"$secret": []}, "b": 1}, secret({"a": "hidden", "b": 2})),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({}, MISSING),
        ([1, 2], [2, 1]),
        ([1], [1, 2]),
        ([], {}),
        (True, 1),
        ("1", 1),
        ({SIGNATURE: ASSETS[0], "text": "a"}, {SIGNATURE: ASSETS[0], "text": "b", "hash": "b"}),
    ],
)
def test_these_differ(plan: Any, engine: Any) -> None:
    assert not equal(plan, engine)


def test_leaves_and_what_was_not_compared_are_counted() -> None:
    plan = {"a": 1, "b": [], "c": {}, "d": {"$unknown": []}, "e": {"$secret": []}, "f": ["x", "y"]}
    engine = {**plan, "d": 2, "e": secret("hidden")}
    report = compared(plan, engine)
    assert (report.leaves, len(report.unknown), len(report.secret)) == (7, 1, 1)
    assert report.uncompared_share == pytest.approx(2 / 7)
