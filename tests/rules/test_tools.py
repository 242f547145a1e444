"""What is true of every tool, whoever wrote it: its settings, its component and what it plans."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from stackwright import catalog, contracts
from stackwright.blueprint.meanings import described
from stackwright.claims import Layer
from stackwright.component import ToolComponent
from stackwright.tool import ToolSettings

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "components" / "stackwright"

TOOLS = {
    f"{capability}/{kind}": settings
    for capability, tools in catalog.capabilities().items()
    for kind, settings in tools.items()
}
PARTS = {
    f"{name}:{layer}": (settings, layer)
    for name, settings in TOOLS.items()
    for layer in sorted(settings.parts)
}

tool = pytest.mark.parametrize("settings", TOOLS.values(), ids=TOOLS)
part = pytest.mark.parametrize(("settings", "layer"), PARTS.values(), ids=PARTS)


# Settings


@tool
def test_a_tool_has_a_title_a_meaning_and_a_known_contract(settings: type[ToolSettings]) -> None:
    assert settings.title
    assert settings.__doc__
    assert settings.contract == "" or hasattr(contracts, settings.contract)
    assert settings.targets
    assert settings.default_for <= settings.targets


@tool
def test_every_field_is_described(settings: type[ToolSettings]) -> None:
    without = [
        f"{model.__name__}.{name}"
        for model in models(settings)
        for name, field in described(model).items()
        if not _is_constant(field.annotation) and not field.description
    ]
    assert without == []


@tool
def test_every_required_field_has_an_example(settings: type[ToolSettings]) -> None:
    without = [
        f"{model.__name__}.{name}"
        for model in models(settings)
        for name, field in model.model_fields.items()
        if field.is_required() and name != "kind" and not _has_example(field.annotation, field)
    ]
    assert without == []


@tool
def test_profile_defaults_name_fields_and_are_valid(settings: type[ToolSettings]) -> None:
    for profile, defaults in settings.profiles.items():
        assert profile in ("production", "development")
        assert set(defaults) <= set(settings.model_fields)
        given = json.dumps({**_required(settings), **defaults})
        settings.model_validate_json(given)


@tool
def test_a_foundation_part_hands_the_platform_only_text(settings: type[ToolSettings]) -> None:
    given = {*settings.gives, *settings.hands_over}
    fields = getattr(getattr(contracts, settings.contract, None), "__annotations__", {})
    assert set(settings.gives) <= set(fields)
    for name in given & set(fields):
        assert not re.search(r"\bint\b", str(fields[name])), f"{name} would arrive as an Output"


@tool
def test_a_tool_has_a_page_and_a_test_file(settings: type[ToolSettings]) -> None:
    folder = settings.__module__.split(".")[-2]
    tests = ROOT / "tests" / "components" / settings.capability()
    page = ROOT / "docs" / "tools" / f"{settings.kind_name()}.md"
    found = sorted(tests.glob("test_*.py"))
    assert any(folder in file.name for file in found), f"{tests}/test_{folder}.py"
    assert page.is_file(), page
    text = page.read_text(encoding="utf-8")
    assert f"kind: {settings.kind_name()}" in text
    assert "<!-- settings:start -->" in text
    assert "<!-- settings:end -->" in text


# Components


@part
def test_a_part_is_a_component_of_the_tools_settings(
    settings: type[ToolSettings], layer: Layer
) -> None:
    component = component_of(settings, layer)
    assert issubclass(component, ToolComponent)
    assert component._settings_class is settings
    assert component.__doc__


@part
def test_settings_arguments_are_the_settings_fields(
    settings: type[ToolSettings], layer: Layer
) -> None:
    component = component_of(settings, layer)
    arguments = get_type_hints(component.__init__)["args"]
    given = get_type_hints(arguments)["settings"]
    wanted = {info.alias or name for name, info in settings.model_fields.items()}
    assert set(get_type_hints(given)) == wanted - {"kind", "uses"}
    assert given.__optional_keys__ >= {
        name for name, info in settings.model_fields.items() if not info.is_required()
    } - {"kind", "uses"}


@part
def test_claims_are_arguments_of_the_component(settings: type[ToolSettings], layer: Layer) -> None:
    arguments = get_type_hints(get_type_hints(component_of(settings, layer).__init__)["args"])
    claims = settings.model_validate_json(json.dumps(_required(settings))).claims(layer)
    assert set(claims) <= set(arguments)


def test_component_names_are_unique() -> None:
    names = [name for settings in TOOLS.values() for name in settings.parts.values()]
    assert len(names) == len(set(names))


SOURCES = [
    *(
        file
        for tool in LIBRARY.glob("*/*/settings.py")
        for file in sorted(tool.parent.glob("*.py"))
    ),
    *sorted((LIBRARY / "kubernetes").glob("*.py")),
]


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(LIBRARY).as_posix())
def test_components_look_nothing_up_and_read_no_output(file: Path) -> None:
    assert forbidden_calls(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "aws.ec2.get_vpc(id=vpc)",
        "aws.get_caller_identity_output()",
        "bucket.arn.apply(str)",
        "pulumi.runtime.invoke('aws:x', {})",
        "Deployment.get('x', 'y')",
    ],
)
def test_the_rule_about_calls_finds_each_of_them(source: str) -> None:
    assert forbidden_calls(source) != []


def forbidden_calls(source: str) -> list[str]:
    """Return each call that reads an Output or asks a provider for something."""
    names = [
        ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
    ]
    pattern = re.compile(r"(\.apply|\.invoke|\.get_[a-z_]+|^[A-Z][A-Za-z]+\.get)$")
    return [name for name in names if pattern.search(name) and name != "pulumi.get_stack"]


# Helpers


def component_of(settings: type[ToolSettings], layer: Layer) -> type[ToolComponent[Any]]:
    module, name = settings.component_path(layer)
    component: type[ToolComponent[Any]] = getattr(importlib.import_module(module), name)
    return component


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a settings model and every model inside it."""
    seen, pending = set(), [model]
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        yield current
        for field in current.model_fields.values():
            pending += list(_models_in(field.annotation))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)


def _has_example(annotation: Any, field: Any) -> bool:
    inside = list(_models_in(annotation))
    is_enum = isinstance(annotation, type) and hasattr(annotation, "__members__")
    is_choice = is_enum or get_origin(annotation) is Literal
    return bool(field.examples or inside or is_choice)


def _is_constant(annotation: Any) -> bool:
    """Return whether a field, such as `kind`, has only one value: it tells models apart."""
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


def _required(model: type[BaseModel]) -> dict[str, Any]:
    """Return the smallest valid values of a model: its required fields by their examples."""
    values: dict[str, Any] = {}
    if issubclass(model, ToolSettings):
        values["kind"] = model.kind_name()
    for name, field in model.model_fields.items():
        if not field.is_required() or name == "kind":
            continue
        inside = next(_models_in(field.annotation), None)
        if field.examples:
            values[field.alias or name] = field.examples[0]
        elif inside is not None:
            values[field.alias or name] = _required(inside)
        else:
            choices = get_args(field.annotation) or tuple(field.annotation)  # type: ignore[arg-type]
            values[field.alias or name] = choices[0]
    return values
