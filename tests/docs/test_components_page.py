"""What the page about single components shows is what the plugin takes."""

from __future__ import annotations

import re
import runpy
import warnings
from pathlib import Path
from typing import Any

import yaml
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

ROOT = Path(__file__).parents[2]


def schema() -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        components = runpy.run_path(str(ROOT / "components" / "__main__.py"))["COMPONENTS"]
        chosen = [component for component in components if component.__name__ == "S3"]
        found = Analyzer("stackwright").analyze(chosen)
    document: dict[str, Any] = generate_schema(
        "stackwright", "0.0.0", None, found["component_definitions"], found["type_definitions"], []
    ).to_json()
    return document


def resource_of_the_page() -> dict[str, Any]:
    page = (ROOT / "docs" / "components.md").read_text(encoding="utf-8")
    block = re.search(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert block
    program = yaml.safe_load(block[1])
    resource: dict[str, Any] = program["resources"]["storage"]
    resource["outputs"] = re.findall(r"\$\{storage\.(\w+)\}", block[1])
    return resource


def test_the_yaml_program_of_the_page_uses_names_of_the_schema() -> None:
    document, resource = schema(), resource_of_the_page()
    component = document["resources"][resource["type"]]
    given = resource["properties"]
    assert set(component["requiredInputs"]) <= set(given) <= set(component["inputProperties"])
    assert set(resource["outputs"]) <= set(component["properties"])
    for name in ("scope", "settings"):
        reference = component["inputProperties"][name]["$ref"].rpartition("/")[2]
        assert set(given[name]) <= set(document["types"][reference]["properties"])
