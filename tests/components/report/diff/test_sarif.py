"""The log is checked against the rules of SARIF 2.1.0 and of GitHub's code scanning that it needs.

This is a reduced check, written from the specification: sections 3.13 (log), 3.14 (run), 3.19
(tool component), 3.27 (result), 3.28 to 3.30 (location, physical location, region).
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from hypothesis import given, settings
from jsonschema import Draft202012Validator
from tests.components.report.diff.diffs import (
    DEPLOYMENT,
    change,
    database,
    diff,
    environment,
    grave,
    loss,
    updated,
)
from tests.components.report.diff.hostile import texts, with_text

from stackwright.diff.changes import Action, Effect
from stackwright.diff.model import Diff, Risk
from stackwright.report.diff.sarif import MOST, sarif


def closed(required: list[str], **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


TEXT = {"type": "string", "minLength": 1}
MESSAGE = closed(["text"], text=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = closed(
    ["id"],
    id=TEXT,
    name={"type": "string", "pattern": "^[A-Za-z]+$"},
    shortDescription=MESSAGE,
    defaultConfiguration=closed([], level=LEVEL),
    properties=closed([], tags={"type": "array", "items": TEXT, "uniqueItems": True}),
)
LOCATION = closed(
    ["physicalLocation"],
    physicalLocation=closed(
        ["artifactLocation"],
        artifactLocation=closed(
            ["uri"],
            uri={"type": "string", "pattern": r"^(?!/)(?!.*:)([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"},
        ),
        region=closed(["startLine"], startLine={"type": "integer", "minimum": 1}),
    ),
)
RESULT = closed(
    ["message"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "items": LOCATION, "minItems": 1, "maxItems": 1},
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
)
DRIVER = closed(
    ["name"],
    name=TEXT,
    version=TEXT,
    rules={"type": "array", "items": RULE, "uniqueItems": True},
)
RUN = closed(
    ["tool"],
    tool=closed(["driver"], driver=DRIVER),
    automationDetails=closed([], id=TEXT),
    results={"type": "array", "items": RESULT},
)
LOG = closed(
    ["version", "runs"],
    **{"$schema": TEXT},
    version={"const": "2.1.0"},
    runs={"type": "array", "items": RUN, "minItems": 1},
)


def log(made: Diff) -> Any:
    document = json.loads(sarif(made))
    Draft202012Validator(LOG).validate(document)
    return document["runs"][0]


def test_every_result_names_a_rule_of_its_risk_and_a_line() -> None:
    run = log(grave())
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [risk.value for risk in Risk][:-1]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    first = run["results"][0]
    assert (first["ruleId"], first["level"]) == ("data-loss", "error")
    place = first["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "blueprint.yaml"},
        "region": {"startLine": 31},
    }


def test_a_diff_without_findings_is_a_log_without_results() -> None:
    run = log(diff(environment("prod", change(DEPLOYMENT, "api"))))
    assert run["results"] == []


def fingerprints(made: Diff) -> list[dict[str, str]]:
    return [result["partialFingerprints"] for result in log(made)["results"]]


def test_a_fingerprint_stays_when_the_line_the_values_and_the_environment_change() -> None:
    here = replace(environment("prod", database("prod")), losses=(loss("prod"),))
    there = replace(environment("dev", database("dev")), losses=(loss("dev"),))
    assert fingerprints(diff(here, causes=grave().causes)) == fingerprints(diff(there))
    assert fingerprints(diff(here)) == fingerprints(diff(there, here))


def test_no_two_results_have_one_fingerprint() -> None:
    found = [json.dumps(one) for one in fingerprints(grave())]
    assert len(set(found)) == len(found)


@settings(max_examples=40, deadline=None)
@given(texts)
def test_a_log_of_hostile_texts_is_valid_and_links_nowhere(text: str) -> None:
    for result in log(with_text(grave(), text))["results"]:
        assert "](" not in result["message"]["text"]
        assert not re.search(r"\{\d+\}", result["message"]["text"])
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert ".." not in unquote(uri).split("/")


def test_what_is_beyond_the_limit_of_github_is_left_out() -> None:
    unknown = updated("mode", "a", "b", Effect.UNKNOWN)
    many = (
        replace(change(DEPLOYMENT, f"api-{number}", Action.UPDATE, unknown), uncertain=True)
        for number in range(MOST + 10)
    )
    assert len(json.loads(sarif(diff(environment("prod", *many))))["runs"][0]["results"]) == MOST


def test_equal_diffs_give_equal_bytes() -> None:
    assert sarif(grave()) == sarif(grave())
