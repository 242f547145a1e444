from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stackwright.plan.graph import Layer, Plan, Resource
from stackwright.plan.program_paths import without_places

FOLDER = Path("/srv/platform")


def plan(value: Any) -> Plan:
    resource = Resource(
        urn="urn:pulumi:dev::acme::acme:index:File::a",
        type="acme:index:File",
        name="a",
        custom=True,
        inputs={"source": value},
    )
    layer = Layer("foundation", "acme-foundation", "dev", (resource,))
    return Plan(name="acme", environment="dev", target="aws", layers=(layer,))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/srv/platform/stacks/x.txt", "stacks/x.txt"),
        ({"paths": ["/srv/platform", "a/srv/platform/b"]}, {"paths": ["", "a/srv/platform/b"]}),
        ("/srv/platform/x", "x"),
        ("file://host/srv/platform/x", "file://host/srv/platform/x"),
        ("/srv/platform-2/x", "/srv/platform-2/x"),
    ],
)
def test_a_path_in_the_folder_is_told_without_it(value: Any, expected: Any) -> None:
    assert without_places(plan(value), [FOLDER]) == plan(expected)


def test_a_folder_that_json_writes_in_another_way_is_found() -> None:
    folder = Path('/srv/Zürich "a"')
    assert without_places(plan(f"{folder}/x"), [folder]) == plan("x")


def test_a_plan_that_names_no_file_of_the_folder_is_handed_back_as_it_is() -> None:
    made = replace(plan("/etc/hosts"), stackwright="0.1")
    assert without_places(made, [FOLDER]) is made
