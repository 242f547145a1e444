"""A diff survives its JSON, and what is none is refused in words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from stackwright.diff import codec
from stackwright.diff.changes import Action, PropertyChange, PropertyKind, ResourceChange
from stackwright.diff.codec import from_json, to_json
from stackwright.diff.model import Diff, EnvironmentDiff, Presence, Risk, Side, Verdict
from stackwright.errors import InputError

CHANGE = ResourceChange(
    urn="urn:pulumi:prod::acme::aws:s3/bucket:Bucket::data",
    type="aws:s3/bucket:Bucket",
    name="data",
    layer="foundation",
    tool="storage",
    capability="storage",
    custom=True,
    action=Action.UPDATE,
    properties=(
        PropertyChange("tags.team", PropertyKind.UPDATE, "a", {"$unknown": ["urn:x#arn"]}),
    ),
)
DIFF = Diff(
    name="acme",
    base=Side("main", "a" * 40, stackwright="0.1.0"),
    head=Side("the working tree", dirty=True),
    verdict=Verdict(Risk.ROUTINE, "1 routine change in prod.", {Risk.ROUTINE: 1}, False),
    environments=(EnvironmentDiff("prod", Presence.BOTH, "aws", 4, (CHANGE,)),),
)


def test_what_was_written_is_read() -> None:
    assert from_json(to_json(DIFF).encode(), "diff.json") == DIFF


def test_nobody_judges_his_own_change() -> None:
    harmless = replace(DIFF, verdict=Verdict(None, "Nothing would change.", {}, refused=False))
    assert from_json(to_json(harmless).encode(), "diff.json").verdict == DIFF.verdict


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as error:
        from_json(data, "diff.json")
    return str(error.value)


def changed(path: list[str | int], value: Any) -> bytes:
    document: Any = json.loads(to_json(DIFF))
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return json.dumps(document).encode()


def test_what_is_no_diff_is_refused_with_what_makes_one() -> None:
    assert refused(b"{") == "diff.json: this is not valid JSON."
    for other in (b"[]", b"{}", b'{"schema": "stackwright.plan/v1"}'):
        assert "no diff of schema stackwright.diff/v1. Make one: stackwright diff" in refused(other)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["environments", 0, "changes", 0, "action"], "explode", "environments.0.changes.0.action"),
        (["environments", 0, "unchanged"], "4", "environments.0.unchanged"),
        (["surprise"], 1, "surprise"),
        (["environments", 0, "changes", 0, "surprise"], 1, "environments.0.changes.0.surprise"),
        (["environments", 0, "losses"], [{}], "environments.0.losses.0.urn"),
        (["base"], None, "base"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(path: list[str | int], value: Any, said: str) -> None:
    assert f"diff.json: {said}: " in refused(changed(path, value))


def test_a_diff_that_no_one_can_have_made_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "LARGEST_BYTES", 10)
    said = refused(to_json(DIFF).encode())
    assert said.startswith("diff.json: it is larger than 10 bytes. Compare fewer environments:")


@pytest.mark.parametrize("pair", ["[]", "{}", "1,", '"",'])
def test_a_small_file_of_endless_values_is_not_even_read(pair: str) -> None:
    endless = changed(["environments", 0, "changes", 0, "properties", 0, "after"], "@").decode()
    listed = f"[{','.join([pair.rstrip(',')] * codec.MOST_VALUES)}]"
    said = refused(endless.replace('"@"', listed).encode())
    assert said.startswith(f"diff.json: it holds more than {codec.MOST_VALUES} values.")


def test_keys_that_a_stranger_chose_are_not_repeated_to_the_log() -> None:
    for key in ("##[add-mask]a", "::stop-commands::a", "a\nb", "k" * 100_000):
        said = refused(changed([key], 1))
        assert said == "diff.json: ...: Unexpected keyword argument."


def test_values_nested_without_end_are_refused() -> None:
    deep = changed(["environments", 0, "changes", 0, "properties", 0, "after"], 0).decode()
    deep = deep.replace('"after": 0', f'"after": {"[" * 100_000}{"]" * 100_000}')
    assert refused(deep.encode()).startswith("diff.json: ")
