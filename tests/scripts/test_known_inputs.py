"""The list of known inputs is made from the SDK's own classes, at any depth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import pulumi
import pytest
from scripts.known_inputs import FILE, block, inputs, text

LISTED: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


@pulumi.input_type
class Rule:
    """A block that holds others of its kind."""

    name: pulumi.Input[str]
    and_rules: pulumi.Input[Sequence[pulumi.Input[Rule]] | None] = pulumi.property("andRules")
    not_rule: pulumi.Input[Negation | None] = pulumi.property("notRule")


@pulumi.input_type
class Negation:
    """A block on the way to another of the first kind."""

    rule: pulumi.Input[Rule]


@pulumi.input_type
class Wall:
    """The inputs of a resource."""

    rules: pulumi.Input[Sequence[pulumi.Input[Rule]]]
    first_rule: pulumi.Input[Rule | None] = pulumi.property("firstRule")
    policy: pulumi.Input[str | Rule | None]
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None]
    ports: pulumi.Input[Sequence[pulumi.Input[int]]]


@pulumi.input_type
class Atlas:
    """Inputs of a kind that the SDK of AWS does not have."""

    rules: pulumi.Input[Mapping[str, pulumi.Input[Rule]]]


RULE = {"": "name", "andRules": 1, "notRule": {"": "", "rule": 2}}


def test_maps_texts_of_json_and_lists_of_plain_values_are_free_inside() -> None:
    assert block(Wall)[""] == "policy ports tags"


def test_a_block_and_a_list_of_blocks_have_their_fields_as_a_plan_names_them() -> None:
    found = block(Wall)
    assert (found["rules"], found["firstRule"]) == (RULE, RULE)


def test_a_map_of_blocks_is_refused_as_nobody_thought_of_it() -> None:
    with pytest.raises(TypeError, match="only blocks and lists of blocks are understood"):
        block(Atlas)


def test_a_resource_is_not_taken_for_a_block_of_the_same_name() -> None:
    # The package has a block BucketVersioningArgs as well.
    found = inputs("aws:s3/bucketVersioning:BucketVersioning")
    assert "bucket" in found[""].split()
    assert found["versioningConfiguration"] == {"": "mfaDelete status"}


@pytest.mark.slow
@pytest.mark.skipif(
    LISTED["package"] != f"pulumi-aws {version('pulumi-aws')}",
    reason=f"the list is of {LISTED['package']}",
)
def test_the_list_is_what_the_script_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == text()
