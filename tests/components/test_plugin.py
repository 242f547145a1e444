from __future__ import annotations

import runpy
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

from stackwright import catalog

COMPONENTS = Path(__file__).parents[2] / "components"


@cache
def schema() -> dict[str, Any]:
    """Return the schema that Pulumi's component host answers with for our components."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        components = runpy.run_path(str(COMPONENTS / "__main__.py"))["COMPONENTS"]
        found = Analyzer("stackwright").analyze(components)
    dependencies = sorted(found["dependencies"], key=lambda dependency: dependency.name)
    document: dict[str, Any] = generate_schema(
        "stackwright",
        "0.0.0",
        None,
        found["component_definitions"],
        found["type_definitions"],
        dependencies,
    ).to_json()
    return document


def fields(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    places = {"resources": ("inputProperties", "properties"), "types": ("properties",)}
    return {
        f"{token}.{name}": field
        for group, keys in places.items()
        for token, item in document[group].items()
        for key in keys
        for name, field in (item.get(key) or {}).items()
    }


def test_the_plugin_serves_every_component_of_the_catalog() -> None:
    promised = {
        f"stackwright:index:{name}"
        for tools in catalog.capabilities().values()
        for settings in tools.values()
        for name in settings.parts.values()
    }
    assert set(schema()["resources"]) == promised


def test_every_field_of_the_schema_has_a_sentence() -> None:
    without = [
        name for name, field in fields(schema()).items() if not _sentence(field.get("description"))
    ]
    assert without == []


@pytest.mark.parametrize("group", ["resources", "types"])
def test_every_type_of_the_schema_has_a_sentence(group: str) -> None:
    items = schema()[group]
    without = [token for token, item in items.items() if not _sentence(item.get("description"))]
    assert without == []


def test_every_enum_member_of_the_schema_has_a_sentence() -> None:
    without = [
        f"{token}.{member['value']}"
        for token, item in schema()["types"].items()
        for member in item.get("enum") or ()
        if not _sentence(member.get("description"))
    ]
    assert without == []


def test_the_plugin_names_the_packages_that_the_distribution_names() -> None:
    wanted = [
        line
        for line in (COMPONENTS / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    project = (COMPONENTS.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert [line for line in wanted if f'"{line}"' not in project] == []
    assert (COMPONENTS / "PulumiPlugin.yaml").read_text(encoding="utf-8") == "runtime: python\n"


def _sentence(text: str | None) -> bool:
    return bool(text) and len(str(text).split()) > 1 and str(text).strip().endswith(".")
