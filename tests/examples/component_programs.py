"""Reads the component that an example program in YAML or TypeScript declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]

EXAMPLES = ROOT / "examples" / "component-alone"

_TYPESCRIPT_RESOURCE = re.compile(
    r"^const (?P<variable>\w+) = new stackwright\.(?P<component>\w+)\(\n"
    r'  "(?P<name>[\w-]+)",\n'
    r"(?P<inputs>  \{\n.*?^  \}),\n",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """One component as a program declares it."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    """By the names of the schema."""
    outputs: frozenset[str]
    """Names of the outputs that the program reads."""


def project(example: str) -> dict[str, Any]:
    """Return the project file of an example."""
    text = (EXAMPLES / example / "Pulumi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def declared_in_yaml(example: str) -> Declared:
    """Return the component that a YAML program declares."""
    program = project(example)
    [(name, resource)] = (
        (name, resource)
        for name, resource in program["resources"].items()
        if resource["type"].startswith("stackwright:")
    )
    read = re.findall(rf"\$\{{{name}\.(\w+)\}}", str(program["outputs"]))
    return Declared(resource["type"], name, resource["properties"], frozenset(read))


def declared_in_typescript(example: str) -> Declared:
    """Return the component that a TypeScript program declares.

    Its inputs are literals without comments, and such a literal is a flow mapping of YAML.
    """
    text = (EXAMPLES / example / "index.ts").read_text(encoding="utf-8")
    found = _TYPESCRIPT_RESOURCE.search(text)
    assert found, f"{example}/index.ts declares no component of ours"
    read = re.findall(rf"\b{found['variable']}\.(\w+)", text)
    return Declared(
        f"stackwright:index:{found['component']}",
        found["name"],
        yaml.safe_load(found["inputs"]),
        frozenset(read),
    )
