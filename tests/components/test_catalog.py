from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

import stackwright
from stackwright import catalog
from stackwright.tool import AWS, EXISTING_CLUSTER, ToolSettings

FOLDER = Path(stackwright.__file__).parent


@pytest.fixture
def fresh() -> Iterator[None]:
    """Look again, and forget afterwards what was found."""
    catalog.capabilities.cache_clear()
    yield
    catalog.capabilities.cache_clear()


def test_every_folder_with_settings_is_a_tool() -> None:
    folders = {path.parent for path in FOLDER.glob("*/*/settings.py")}
    found = {
        (capability, tool.__module__.split(".")[-2])
        for capability, tools in catalog.capabilities().items()
        for tool in tools.values()
    }
    assert found == {(folder.parent.name, folder.name) for folder in folders}


def test_a_tool_is_found_under_its_own_kind_in_sorted_order() -> None:
    found = catalog.capabilities()
    assert list(found) == sorted(found)
    for capability, tools in found.items():
        assert list(tools) == sorted(tools)
        for kind, tool in tools.items():
            assert (tool.kind_name(), tool.capability()) == (kind, capability)


def test_every_capability_says_in_one_sentence_what_it_is() -> None:
    for capability in catalog.capabilities():
        meaning = catalog.meaning(capability)
        assert meaning.endswith("."), capability
        assert "\n" not in meaning
    assert catalog.meaning("no-such-capability") == ""


@pytest.mark.parametrize("target", [AWS, EXISTING_CLUSTER])
def test_a_capability_has_at_most_one_default_tool_on_a_target(target: str) -> None:
    for capability, tools in catalog.capabilities().items():
        default = [tool for tool in tools.values() if target in tool.default_for]
        assert len(default) <= 1
        assert all(target in tool.targets for tool in default)
        assert catalog.default_tool(capability, target) is next(iter(default), None)


def test_there_is_no_default_tool_for_what_nobody_fills() -> None:
    assert catalog.default_tool("no-such-capability", AWS) is None


class Plugin(ToolSettings):
    """A tool of another package."""

    title: ClassVar[str] = "Plugin"
    parts: ClassVar[dict[Any, str]] = {}

    kind: Literal["plugin"]


class EntryPoint:
    name = "storage.plugin"

    def load(self) -> type[ToolSettings]:
        return Plugin


@pytest.mark.usefixtures("fresh")
def test_a_tool_of_another_package_is_found_by_its_entry_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def entry_points(group: str) -> list[EntryPoint]:
        return [EntryPoint()] if group == "stackwright.tools" else []

    monkeypatch.setattr(metadata, "entry_points", entry_points)
    found = catalog.capabilities()
    assert found["storage"]["plugin"] is Plugin
    assert "s3" in found["storage"]
    assert list(found["storage"]) == sorted(found["storage"])
