from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from stackwright.plan.graph import Plan
from stackwright.report.json_schema import diff_schema, events_schema, plan_schema


@pytest.mark.parametrize("schema", [plan_schema, diff_schema, events_schema])
def test_it_is_a_json_schema(schema: Callable[[], dict[str, Any]]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_what_a_plan_writes_is_accepted(sample: Plan, large: Plan, tiny: Plan) -> None:
    validator = jsonschema.Draft202012Validator(plan_schema())
    for plan in (sample, large, tiny):
        validator.validate(json.loads(plan.to_json()))


def _secret_with_value(document: dict[str, Any]) -> None:
    document["wiring"] = {"password": {"$secret": [], "value": "x"}}


def _other_version(document: dict[str, Any]) -> None:
    document["schema"] = "stackwright.plan/v2"


def _without_name(document: dict[str, Any]) -> None:
    del document["name"]


def _unknown_key(document: dict[str, Any]) -> None:
    document["layers"][0]["resources"][0]["colour"] = "red"


def _text_for_flag(document: dict[str, Any]) -> None:
    document["layers"][0]["resources"][0]["custom"] = "yes"


@pytest.mark.parametrize(
    "spoil", [_secret_with_value, _other_version, _without_name, _unknown_key, _text_for_flag]
)
def test_what_is_no_plan_is_refused(spoil: Callable[[dict[str, Any]], None], tiny: Plan) -> None:
    document = json.loads(tiny.to_json())
    spoil(document)
    assert not jsonschema.Draft202012Validator(plan_schema()).is_valid(document)


def test_the_sentences_of_the_classes_are_in_it() -> None:
    resource = plan_schema()["$defs"]["Resource"]
    assert resource["properties"]["dependencies"]["description"] == "URNs, sorted, without repeats."
