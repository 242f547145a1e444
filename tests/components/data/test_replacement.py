"""The rules of replacement speak of types and inputs that are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.engine.stand_in.computed import outputs_of

from stackwright.data import replacement
from stackwright.data.replacement import (
    When,
    is_deleted_first,
    is_global,
    name_input,
    named_outputs,
    new_outputs,
    rules_of,
    rules_of_every,
)
from stackwright.data.stateful import losses

FACTS: dict[str, Any] = json.loads(
    Path(replacement.__file__).with_name("replacement_rules.json").read_text(encoding="utf-8")
)


def test_the_rules_say_where_they_are_from_and_of_when() -> None:
    assert FACTS["as_of"]
    assert FACTS["sources"]


def test_every_type_that_loses_something_has_rules() -> None:
    unknown = {type_ for type_ in losses() if rules_of(type_) is None}
    assert unknown == {"kubernetes:postgresql.cnpg.io/v1:Cluster"}


def test_every_rule_can_be_read() -> None:
    assert len(FACTS["types"]) >= 225
    for type_ in FACTS["types"]:
        rules = rules_of(type_)
        assert rules is not None
        assert not {*rules.replaces} & {*rules.unknown}
        for condition in rules.sometimes.values():
            assert condition.when in When


def test_an_old_name_of_a_type_has_the_rules_of_the_new_one() -> None:
    assert rules_of("aws:s3/bucketV2:BucketV2") == rules_of("aws:s3/bucket:Bucket")
    assert name_input("aws:s3/bucketV2:BucketV2") == "bucket"


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("aws:iam/role:Role", "name"),
        ("aws:rds/instance:Instance", "identifier"),
        ("aws:route53/record:Record", ""),
    ],
)
def test_the_input_that_a_provider_fills_with_a_name_is_known(type_: str, name: str) -> None:
    assert name_input(type_) == name


def test_what_is_in_no_region_is_known() -> None:
    assert is_global("aws:iam/role:Role")
    assert is_global("aws:route53/zone:Zone")
    assert not is_global("aws:s3/bucket:Bucket")


def test_what_is_deleted_first_in_any_case_is_known() -> None:
    assert is_deleted_first("aws:efs/mountTarget:MountTarget")
    assert not is_deleted_first("aws:ec2/vpc:Vpc")


def test_an_output_is_new_or_follows_from_the_name_and_not_both() -> None:
    for type_ in FACTS["types"]:
        assert not named_outputs(type_) & new_outputs(type_)


@pytest.mark.slow
def test_the_rules_speak_of_inputs_that_are_there() -> None:
    wrong = {
        f"{type_} {path}"
        for type_ in FACTS["types"]
        if type_.startswith("aws:")
        for path in _paths(type_)
        if path.partition(".")[0].partition("[")[0] not in outputs_of(type_)
    }
    assert wrong == set()


def _paths(type_: str) -> set[str]:
    rules = rules_of(type_)
    assert rules is not None
    named = {name_input(type_)} if type_ in FACTS["names"] else set()
    return {
        *rules.replaces,
        *rules.sometimes,
        *rules.unknown,
        *rules.in_place,
        *rules_of_every("aws").in_place,
        *named,
        *named_outputs(type_),
        *new_outputs(type_),
    } - {"", "id", "region", "tags", "tagsAll"}
