"""Checks custom resources against the definitions of their operators, as an API server would.

The definitions are data that is not in the repository; without them the tests skip, by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

FOLDER = Path(__file__).parents[3] / "shared" / "crds"


class _Loader(yaml.CSafeLoader):
    """Reads the plain `=` that stands in an enum, which YAML 1.1 gives a meaning of its own."""


def _plain_text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:value", _plain_text)


def problems(resource: Mapping[str, Any]) -> list[str]:
    """Return what an API server would refuse in a custom resource, unknown fields included.

    Skips the test when the definitions are absent.

    Raises:
        LookupError: No definition serves the resource's kind in its version.
    """
    validator = jsonschema.Draft202012Validator(schema(resource["apiVersion"], resource["kind"]))
    return [
        f"{'.'.join(str(step) for step in error.absolute_path)}: {error.message}"
        for error in validator.iter_errors(dict(resource))
    ]


@cache
def schema(api_version: str, kind: str) -> Mapping[str, Any]:
    """Return the closed schema of a kind in one version."""
    group, _, version = api_version.partition("/")
    file = files().get((group, kind))
    spec = yaml.load(file.read_text(encoding="utf-8"), _Loader)["spec"] if file else {}
    for served in spec.get("versions", ()):
        if served["name"] == version and served["served"]:
            made: dict[str, Any] = closed(served["schema"]["openAPIV3Schema"])
            return {**made, "properties": {**made["properties"], "metadata": {"type": "object"}}}
    raise LookupError(f"nothing serves {api_version} {kind}")


@cache
def files() -> Mapping[tuple[str, str], Path]:
    """Return the file of every kind, by group and kind; each holds one definition."""
    if not FOLDER.is_dir():
        pytest.skip("the definitions of the operators are not beside the repository")
    # Reading only these two lines spares parsing 30 MB.
    group, kind = (re.compile(rf"^ +{key}: *(\S+)$", re.M) for key in ("group", "kind"))
    found: dict[tuple[str, str], Path] = {}
    for file in FOLDER.glob("*/*.yaml"):
        text = file.read_text(encoding="utf-8")
        named = group.search(text), kind.search(text)
        if named[0] and named[1]:
            found[named[0][1], named[1][1]] = file
    return found


def closed(schema: Any) -> Any:
    """Return an OpenAPI schema as JSON Schema that refuses unknown fields.

    Kubernetes drops unknown fields of an object, save where the schema says otherwise; here they
    are refused, since a dropped field is a misspelt one.
    """
    if not isinstance(schema, Mapping):
        return schema
    made = {
        key: _below(key, value)
        for key, value in schema.items()
        # Formats and defaults refuse nothing.
        if not key.startswith("x-kubernetes-") and key not in ("format", "default")
    }
    if types := _types(schema):
        made["type"] = types
    is_open = schema.get("x-kubernetes-preserve-unknown-fields")
    if "properties" in made and not is_open:
        made.setdefault("additionalProperties", False)
    return made


def _below(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: closed(item) for name, item in value.items()}
    if key in ("items", "additionalProperties"):
        return closed(value)
    # What stands in `anyOf`, `oneOf`, `allOf` and `not` repeats some fields and closes nothing.
    return value


def _types(schema: Mapping[str, Any]) -> list[str]:
    types = ["integer", "string"] if schema.get("x-kubernetes-int-or-string") else []
    if not types and "type" in schema:
        types = [schema["type"]]
    return [*types, "null"] if types and schema.get("nullable") else types
