"""The programs in other languages give a component what its schema takes, and get its resources."""

from __future__ import annotations

import importlib
import json
import runpy
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema
import pulumi
import pulumi_aws
import pulumi_kubernetes
import pytest
from pulumi.provider.experimental.component import ComponentProvider
from tests.examples.component_programs import (
    EXAMPLES,
    ROOT,
    Declared,
    declared_in_typescript,
    declared_in_yaml,
    project,
)

from stackwright.plan.graph import Layer, Resource
from stackwright.plan.recorder import record

STORAGE = declared_in_yaml("s3-yaml")
TRACKING = declared_in_typescript("mlflow-typescript")

MODULES = {
    STORAGE.type: "stackwright.storage.s3.component",
    TRACKING.type: "stackwright.tracking.mlflow.component",
}


@cache
def host(type_: str) -> ComponentProvider:
    """Return what serves one component to other languages, without its socket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        component = getattr(importlib.import_module(MODULES[type_]), type_.rpartition(":")[2])
        return ComponentProvider([component], "stackwright")


def problems(declared: Declared, inputs: Any) -> list[str]:
    """Return where the schema does not take the inputs."""
    package = json.loads(host(declared.type).schema or "")
    resource = package["resources"][declared.type]
    schema = {
        "types": {token: _taken(item) for token, item in package["types"].items()},
        **_object(resource["inputProperties"], resource["requiredInputs"]),
    }
    found = jsonschema.Draft202012Validator(_without_any(schema)).iter_errors(inputs)
    return sorted(f"{error.json_path}: {error.message}" for error in found)


def _taken(item: dict[str, Any]) -> dict[str, Any]:
    if "enum" in item:
        return {"enum": [member["value"] for member in item["enum"]]}
    return _object(item.get("properties") or {}, item.get("required") or [])


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _without_any(schema: Any) -> Any:
    text = json.dumps(schema).replace('{"$ref": "pulumi.json#/Any"}', "{}")
    return json.loads(text)


@pytest.mark.parametrize("declared", [STORAGE, TRACKING], ids=lambda declared: declared.type)
def test_the_inputs_of_the_program_are_what_the_schema_takes(declared: Declared) -> None:
    assert problems(declared, declared.inputs) == []


@pytest.mark.parametrize("declared", [STORAGE, TRACKING], ids=lambda declared: declared.type)
def test_the_program_reads_outputs_that_the_component_has(declared: Declared) -> None:
    package = json.loads(host(declared.type).schema or "")
    assert declared.outputs
    assert declared.outputs <= set(package["resources"][declared.type]["properties"])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"setings": {}}, "$: Additional properties are not allowed ('setings' was unexpected)"),
        (
            {"settings": {"noncurrent_version_days": 30}},
            "$.settings: Additional properties are not allowed"
            " ('noncurrent_version_days' was unexpected)",
        ),
        (
            {"settings": {"noncurrentVersionDays": "30"}},
            "$.settings.noncurrentVersionDays: '30' is not of type 'integer'",
        ),
        ({"scope": {"name": "acme-ml"}}, "$.scope: 'environment' is a required property"),
    ],
)
def test_inputs_that_the_schema_does_not_take_are_found(wrong: dict[str, Any], told: str) -> None:
    assert problems(STORAGE, {**STORAGE.inputs, **wrong}) == [told]


@pytest.mark.parametrize("example", ["s3-yaml", "mlflow-typescript"])
def test_the_program_takes_the_package_from_this_repository(example: str) -> None:
    folder = (EXAMPLES / example / project(example)["packages"]["stackwright"]).resolve()
    assert folder == ROOT / "components"
    assert (folder / "PulumiPlugin.yaml").is_file()


def test_the_typescript_program_takes_the_package_that_pulumi_install_writes() -> None:
    package = json.loads((EXAMPLES / "mlflow-typescript" / "package.json").read_text("utf-8"))
    assert package["dependencies"]["@pulumi/stackwright"] == "file:sdks/stackwright"


def as_sent(value: Any) -> Any:
    """Return a value as it arrives from another language: every number is a float."""
    if isinstance(value, dict):
        return {key: as_sent(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_sent(item) for item in value]
    return float(value) if type(value) is int else value


def recorded(program: Callable[[], Any]) -> Layer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return record(
            program, layer="program", project="alone", stack="dev", root_directory=str(EXAMPLES)
        )


def constructed(declared: Declared, provider: Callable[[], pulumi.ProviderResource]) -> Layer:
    """Return the resources when another language asks for the component."""

    def program() -> None:
        options = pulumi.ResourceOptions(providers=[provider()])
        host(declared.type).construct(
            declared.name, declared.type, as_sent(declared.inputs), options
        )

    return recorded(program)


def of_python(example: str) -> Layer:
    path = EXAMPLES / example / "__main__.py"
    return recorded(lambda: runpy.run_path(str(path), run_name="__main__"))


def by_urn(layer: Layer) -> dict[str, Resource]:
    return {resource.urn: resource for resource in layer.resources}


def test_yaml_gets_the_resources_of_the_python_program() -> None:
    def aws() -> pulumi.ProviderResource:
        return pulumi_aws.Provider("aws", region="eu-west-1", allowed_account_ids=["123456789012"])

    expected = by_urn(of_python("s3"))
    assert len(expected) > 20
    assert by_urn(constructed(STORAGE, aws)) == expected


def test_typescript_gets_the_resources_of_the_python_program() -> None:
    def cluster() -> pulumi.ProviderResource:
        return pulumi_kubernetes.Provider("cluster", context="acme")

    expected = by_urn(of_python("mlflow"))
    assert len(expected) > 10
    assert by_urn(constructed(TRACKING, cluster)) == expected


def test_the_inputs_of_the_typescript_program_are_read_whole() -> None:
    assert TRACKING.inputs["artifacts"]["credentials"] == {
        "accessKeyId": {"store": "acme", "key": "mlflow-s3", "property": "id"},
        "secretAccessKey": {"store": "acme", "key": "mlflow-s3", "property": "key"},
    }
