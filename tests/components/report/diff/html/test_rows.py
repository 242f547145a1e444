from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.components.report.diff.html.sample_resources import urn
from tests.components.report.diff.html.samples import environment, sample, sized

from stackwright.diff.changes import Evidence, Order, Replacement, ResourceChange
from stackwright.diff.model import Diff, Risk
from stackwright.report.diff.html.rows import risks_by_urn, rows_data


def rows(diff: Diff) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for tool in rows_data(diff)["tools"] for row in tool["rows"]}


def notes(change: ResourceChange) -> list[list[Any]]:
    one = replace(environment("prod"), changes=(change,))
    row = rows(replace(sample(), environments=(one,)))[change.name]
    found: list[list[Any]] = row["variants"][0]["notes"]
    return found


def first() -> ResourceChange:
    return environment("prod").changes[0]


def test_a_resource_that_changes_alike_everywhere_is_one_row() -> None:
    variants = rows(sample())["identity-serving-storage"]["variants"]
    assert [one["in"] for one in variants] == [[0, 1, 2]]
    assert len(variants[0]["properties"]) == 2


def test_what_differs_between_environments_is_an_entry_of_each() -> None:
    data = rows_data(sample())
    row = rows(sample())["tracking-mlflow"]
    rests = [data["values"][entry[3]] for entry in row["variants"][0]["properties"]]
    assert [rest["in"] for rest in rests] == [[0, 1, 2], [0, 1, 2], [0], [1], [2], [0, 1, 2]]


def test_tools_with_the_worst_risk_come_first() -> None:
    tools = rows_data(sample())["tools"]
    assert [tool["instance"] for tool in tools][:3] == ["database", "storage", "serving"]
    assert tools[2]["rows"][0]["variants"][0]["risks"] == ["interruption", "replacement"]


def test_each_value_is_kept_once() -> None:
    values = [json.dumps(value, sort_keys=True) for value in rows_data(sized(50))["values"]]
    assert len(values) == len(set(values))


def test_a_replacement_says_why_how_sure_and_in_which_order() -> None:
    why = Replacement(("a", "b"), Evidence.DOCUMENTED, Order.CREATE_FIRST, "Nobody notices.")
    assert notes(replace(first(), replacement=why, protected=False)) == [
        ["Forced by ", {"code": "a"}, ", ", {"code": "b"}, " (documented)."],
        ["The new one is created before the old one is deleted. Nobody notices."],
    ]


def test_a_cascade_leads_to_what_it_comes_from() -> None:
    root = urn("prod", "foundation", "a:b:C", "root")
    why = Replacement((), Evidence.NONE, Order.DELETE_FIRST, "", because_of=root)
    assert notes(replace(first(), replacement=why, protected=False)) == [
        ["Replaced because this is replaced: ", {"urn": root}],
        ["The old one is deleted before the new one is created."],
    ]


def test_a_rename_says_the_alias_to_add() -> None:
    other = urn("prod", "foundation", "a:b:C", "other")
    renamed = replace(first(), replacement=None, protected=False, twin=other, alias=other)
    assert notes(renamed) == [
        ["It seems to be ", {"urn": other}, " under another name."],
        ["To keep it, add this alias: ", {"code": other}],
    ]


def test_access_of_something_new_is_no_risk_of_its_own() -> None:
    one = environment("dev")
    where = one.access[0].urn
    assert risks_by_urn(one)[where] == (Risk.ACCESS,)
    new = replace(one, access=(replace(one.access[0], new=True),))
    assert where not in risks_by_urn(new)
