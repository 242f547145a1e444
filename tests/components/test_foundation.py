from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest

from stackwright.blueprint.reader import parse
from stackwright.claims import Layer
from stackwright.environment import Environment, check
from stackwright.foundation import Foundation
from stackwright.plan.graph import Layer as RecordedLayer
from stackwright.plan.recorder import record

REFERENCE = "organization/acme-foundation/prod"


@pytest.fixture
def environment(planted: str) -> Environment:
    text = f"{planted}tracking: {{kind: tracker}}\nenvironments: {{prod: {{}}}}\n"
    return check(parse(text, "blueprint.yaml"))["prod"]


def exported(values: Any, given: dict[str, Any], folder: Path) -> RecordedLayer:
    def program() -> None:
        for name, value in values().items():
            pulumi.export(name, value)

    return record(
        program,
        layer="platform",
        project="acme-platform",
        stack="prod",
        root_directory=str(folder),
        foreign={REFERENCE: given},
    )


def test_a_claim_is_answered_by_the_outputs_of_its_provider(
    environment: Environment, tmp_path: Path
) -> None:
    (tracking,) = environment.parts(Layer.PLATFORM)
    artifacts = environment.uses(tracking)[0]
    given = {
        "storage/tracking-artifacts/bucket": "runs",
        "storage/tracking-artifacts/url": "s3://runs",
        "storage/other-artifacts/bucket": "others",
    }
    layer = exported(lambda: Foundation(environment).contract(artifacts), given, tmp_path)
    assert layer.outputs == {"bucket": "runs", "url": "s3://runs"}


def test_wiring_of_a_tool_without_a_platform_part_is_read(
    environment: Environment, tmp_path: Path
) -> None:
    given = {"storage/wiring/region": "eu-west-1"}
    layer = exported(lambda: Foundation(environment).wiring("storage", ["region"]), given, tmp_path)
    assert layer.outputs == {"region": "eu-west-1"}


def test_one_stack_is_read_however_many_outputs_are(
    environment: Environment, tmp_path: Path
) -> None:
    def values() -> dict[str, Any]:
        foundation = Foundation(environment)
        return {"a": foundation.binding("a"), "b": foundation.binding("b")}

    layer = exported(values, {"a": "1", "b": "2"}, tmp_path)
    references = [
        found for found in layer.resources if found.type == "pulumi:pulumi:StackReference"
    ]
    assert [found.name for found in references] == [REFERENCE]
    assert layer.outputs == {"a": "1", "b": "2"}


def test_nothing_is_read_when_nothing_is_asked(environment: Environment, tmp_path: Path) -> None:
    def values() -> dict[str, Any]:
        Foundation(environment)
        return {}

    found = exported(values, {}, tmp_path).resources
    assert [item.type for item in found] == ["pulumi:pulumi:Stack"]
