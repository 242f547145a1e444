"""The listing of the catalog names every tool with its facts."""

from __future__ import annotations

import json

import pytest

from stackwright import catalog, listing
from stackwright.errors import UnknownName

TOOLS = [
    f"{capability}/{kind}" for capability, tools in catalog.capabilities().items() for kind in tools
]


def test_all_names_every_capability_and_tool() -> None:
    answer = listing.look_up(None)
    names = [
        f"{capability['name']}/{tool['kind']}"
        for capability in answer["capabilities"]
        for tool in capability["tools"]
    ]
    assert names == TOOLS
    assert all(capability["meaning"] for capability in answer["capabilities"])


def test_one_capability_is_listed_alone() -> None:
    text = listing.text(listing.look_up("storage"))
    assert text.startswith(
        "storage: Where objects are kept: data sets, model artifacts and logs.\n"
    )
    assert "  s3" in text
    assert "Amazon S3 (aws; default for aws)" in text


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_tells_its_settings(name: str) -> None:
    answer = json.loads(json.dumps(listing.look_up(name)))
    assert answer["schema"] == "stackwright.catalog/v1"
    settings = {setting["key"]: setting for setting in answer["tool"]["settings"]}
    assert "uses" in settings
    assert all(setting["meaning"] for setting in settings.values())
    assert listing.text(answer).startswith(f"{name}: ")


def test_a_tool_tells_what_it_needs_and_gives() -> None:
    lines = listing.text(listing.look_up("tracking/mlflow")).splitlines()
    needs = next(line for line in lines if line.startswith("  Needs:"))
    assert "storage for artifacts" in needs
    assert "database for backend" in needs
    assert "monitoring where there is one" in needs
    assert "  Gives:    ExperimentTracker" in lines
    assert "  Wiring:   artifact_root, uri" in lines


def test_settings_of_one_name_are_told_apart() -> None:
    settings = listing.look_up("storage/s3-compatible")["tool"]["settings"]
    names = [(setting["key"], *setting["with"]) for setting in settings]
    assert len(set(names)) == len(names)
    text = listing.text(listing.look_up("storage/s3-compatible"))
    assert "    credentials.access_key_id.name (with kubernetes)" in text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("storge", "no capability is called storge; there are: "),
        ("storage/s33", "no tool for storage is called s33; there are: "),
    ],
)
def test_an_unknown_name_is_refused(name: str, message: str) -> None:
    with pytest.raises(UnknownName) as caught:
        listing.look_up(name)
    (problem,) = caught.value.problems
    assert problem.message.startswith(message)
    assert problem.hint.startswith("Did you mean s")
