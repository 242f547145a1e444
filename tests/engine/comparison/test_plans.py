"""The comparison of plan and engine sees damage anywhere: proved on a recorded run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.comparison.damage import (
    Document,
    Path,
    damaged,
    engine_document,
    engine_leaves,
    plan_document,
    plan_leaves,
    resources,
)
from tests.engine.comparison.plans import Deployed, compare
from tests.engine.comparison.report import Report
from tests.engine.recording import installed_versions, read_recording
from tests.engine.sampling import sample_plan

from stackwright.errors import InputError
from stackwright.plan.graph import Plan


def compared(plan: Document, engine: Document) -> Report:
    layers = {name: Deployed(**layer) for name, layer in engine.items()}
    return compare(Plan.from_json(json.dumps(plan)), layers)


def test_a_recorded_run_equals_its_plan() -> None:
    report = compared(plan_document(), engine_document())
    assert report.differences == []
    assert (report.resources_equal, report.resources) == (27, 27)
    assert report.leaves > 90


def test_todays_plan_of_the_sample_equals_the_recorded_run() -> None:
    recording = read_recording()
    if installed_versions() != recording.versions:
        pytest.skip(f"recorded with {recording.versions}, installed is {installed_versions()}")
    assert compare(sample_plan(), recording.deployed).differences == []


def test_a_recorded_run_has_every_kind_of_value_and_option() -> None:
    report = compared(plan_document(), engine_document())
    assert report.unknown
    assert report.secret
    options: dict[str, Any] = {}
    for layer in plan_document()["layers"]:
        for resource in layer["resources"]:
            options |= {name: value for name, value in resource["options"].items() if value}
    assert options.keys() == set(plan_document()["layers"][0]["resources"][0]["options"]) - {
        "import_id",
        "plugin_download_url",
    }


@given(st.integers(min_value=0))
@settings(max_examples=60, deadline=None)
def test_damage_to_a_plan_is_seen(number: int) -> None:
    every = plan_leaves()
    assert damage_to_plan_is_seen(every[number % len(every)])


@given(st.integers(min_value=0))
@settings(max_examples=60, deadline=None)
def test_damage_to_what_the_engine_made_is_seen(number: int) -> None:
    every = engine_leaves()
    assert damage_to_engine_is_seen(every[number % len(every)])


@pytest.mark.slow
def test_damage_anywhere_is_seen() -> None:
    assert len(plan_leaves()) > 800
    assert [path for path in plan_leaves() if not damage_to_plan_is_seen(path)] == []
    assert len(engine_leaves()) > 300
    assert [path for path in engine_leaves() if not damage_to_engine_is_seen(path)] == []


def damage_to_plan_is_seen(path: Path) -> bool:
    try:
        return bool(compared(damaged(plan_document(), path), engine_document()).differences)
    except InputError:
        # What no plan can be is seen when it is read.
        return True


def damage_to_engine_is_seen(path: Path) -> bool:
    return bool(compared(plan_document(), damaged(engine_document(), path)).differences)


DAMAGES: dict[str, tuple[Callable[[Document, Document], Any], str]] = {
    "a resource that the engine does not make": (
        lambda plan, engine: engine["platform"]["resources"].pop(),
        "resource",
    ),
    "a resource that the plan does not have": (
        lambda plan, engine: plan["layers"][1]["resources"].pop(),
        "resource",
    ),
    "a resource that the plan has twice": (
        lambda plan, engine: plan["layers"][0]["resources"].append(
            plan["layers"][0]["resources"][0]
        ),
        "registrations",
    ),
    "a layer that the engine does not make": (
        lambda plan, engine: engine.pop("platform"),
        "layers",
    ),
    "an input that the plan does not have": (
        lambda plan, engine: planned(plan, "key")["inputs"].pop("description"),
        "inputs.description",
    ),
    "an input that the engine does not have": (
        lambda plan, engine: made(engine, "key")["inputs"].pop("description"),
        "inputs.description",
    ),
    "an empty list in the place of no list": (
        lambda plan, engine: planned(plan, "key")["inputs"].update(more=[]),
        "inputs.more",
    ),
    "a secret that the engine keeps open": (
        lambda plan, engine: made(engine, "database")["inputs"].update(password="canary"),
        "inputs.password",
    ),
    "a secret that the plan shows": (
        lambda plan, engine: planned(plan, "database")["inputs"].update(password="canary"),
        "inputs.password",
    ),
    "a symbol of another output": (
        lambda plan, engine: planned(plan, "alias")["inputs"].update(
            targetKeyId=planned(plan, "alias")["inputs"]["targetKeyId"].replace("keyId", "arn")
        ),
        "inputs.targetKeyId",
    ),
    "a symbol of no output": (
        lambda plan, engine: planned(plan, "alias")["inputs"].update(
            targetKeyId=planned(plan, "alias")["inputs"]["targetKeyId"].replace("keyId", "no")
        ),
        "inputs.targetKeyId",
    ),
    "an unknown of a resource that the input does not depend on": (
        lambda plan, engine: planned(plan, "alias")["inputs"].update(
            name={"$unknown": ["urn:pulumi:dev::sample-foundation::a:b:C::d#e"]}
        ),
        "inputs.name",
    ),
    "an unknown that the engine has nothing for": (
        lambda plan, engine: planned(plan, "alias")["inputs"].update(more={"$unknown": []}),
        "inputs.more",
    ),
    "a dependency that the engine does not have": (
        lambda plan, engine: made(engine, "key").update(dependencies=[]),
        "dependencies",
    ),
    "a dependency of an input that the plan does not have": (
        lambda plan, engine: planned(plan, "alias")["property_dependencies"].clear(),
        "propertyDependencies.targetKeyId",
    ),
    "a registration that the engine never received": (
        lambda plan, engine: engine["foundation"]["requests"].pop(planned(plan, "key")["urn"]),
        "request",
    ),
    "a stack output that the engine does not have": (
        lambda plan, engine: engine["foundation"]["resources"][0]["outputs"].pop("key"),
        "outputs.key",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_seen_at_its_place(damage: str) -> None:
    break_it, where = DAMAGES[damage]
    plan, engine = plan_document(), engine_document()
    break_it(plan, engine)
    assert where in {difference.where for difference in compared(plan, engine).differences}


def planned(plan: Document, name: str) -> Document:
    return next(item for _, item in resources(plan) if item["name"] == name)


def made(engine: Document, name: str) -> Document:
    every = [item for layer in engine.values() for item in layer["resources"]]
    return next(item for item in every if item["urn"].endswith(f"::{name}"))
