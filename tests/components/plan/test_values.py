from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from stackwright.plan import values
from stackwright.plan.graph import symbol

URN = "urn:pulumi:dev::acme::aws:s3/bucket:Bucket::data"


def struct(properties: dict[str, Any]) -> Struct:
    result = Struct()
    result.update(properties)
    return result


def secret(value: Any) -> dict[str, Any]:
    return {values.SIGNATURE: values.SECRET, "value": value}


def test_plain_values_are_kept_and_whole_numbers_are_integers() -> None:
    properties = {"b": [1, 1.5, True, None, "x"], "a": {"c": {}}}
    result = values.struct_to_json(struct(properties), {})
    assert result == properties
    assert list(result) == ["a", "b"]
    assert [type(item) for item in result["b"]] == [int, float, bool, type(None), str]


def test_a_secret_keeps_only_the_symbols_inside() -> None:
    inner = {"key": "canary", "arn": symbol(URN, "arn"), "list": [secret("canary")]}
    result = values.struct_to_json(struct({"data": secret(inner)}), {})
    assert result == {"data": {"$secret": [f"{URN}#arn"]}}


def test_an_unknown_names_the_outputs_that_were_marked() -> None:
    dependencies = {"size": [URN, values.marker(URN, "size")]}
    result = values.struct_to_json(struct({"size": [values.UNKNOWN]}), dependencies)
    assert result == {"size": [{"$unknown": [f"{URN}#size"]}]}


def test_an_unknown_without_a_mark_names_its_resources() -> None:
    result = values.struct_to_json(struct({"size": values.UNKNOWN}), {"size": [URN, URN]})
    assert result == {"size": {"$unknown": [f"{URN}#"]}}


def test_marks_are_no_dependencies() -> None:
    urns = ["urn:b", values.marker(URN, "arn"), "urn:a", "urn:b"]
    assert values.without_markers(urns) == ("urn:a", "urn:b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        ({"$unknown": ["urn#a"]}, values.UNKNOWN),
        ({"$secret": []}, secret(values.UNKNOWN)),
        ([{"key": {"$unknown": []}}, 3], [{"key": values.UNKNOWN}, 3]),
    ],
)
def test_graph_json_goes_back_to_what_the_sdk_reads(value: Any, expected: Any) -> None:
    assert values.to_plain(value) == expected
