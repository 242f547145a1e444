"""Damage to a recorded run, at any place of it: what the comparison must see."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.engine.recording import read_recording

Document = dict[str, Any]
Path = tuple[str | int, ...]

NOT_COMPARED = {"tool": "what the blueprint calls the owner; the engine knows no tools"}
"""Fields of a planned resource, and why no engine can say anything of them."""

KEPT = (
    "custom",
    "dependencies",
    "inputs",
    "parent",
    "propertyDependencies",
    "provider",
    "type",
    "urn",
    "additionalSecretOutputs",
    "customTimeouts",
    "deletedWith",
    "hideDiff",
    "ignoreChanges",
    "protect",
    "replaceOnChanges",
    "replaceWith",
    "retainOnDelete",
)
"""Fields of a resource in a state that a plan promises."""

RECEIVED = (
    "aliases",
    "deleteBeforeReplace",
    "version",
    "providers",
    "hooks",
    "replacementTrigger",
)
"""Fields of a registration that no state has and that a plan promises."""


NORMALISED = {
    "4dabf18193072939515e22adb298388d",
    "__internal",
    "hash",
    "plaintext",
    "pulumi.com/autonamed",
}
"""Keys that are taken out of the comparison wherever they are."""


@cache
def recorded() -> tuple[str, str]:
    """Return the recorded plan and what the engine made, as JSON."""
    recording = read_recording()
    layers = {
        name: {"resources": layer.resources, "requests": dict(layer.requests)}
        for name, layer in recording.deployed.items()
    }
    return recording.plan.to_json(), json.dumps(layers)


def plan_document() -> Document:
    document: Document = json.loads(recorded()[0])
    return document


def engine_document() -> Document:
    document: Document = json.loads(recorded()[1])
    return document


def resources(document: Document) -> Iterator[tuple[Path, Document]]:
    for number, layer in enumerate(document["layers"]):
        for index, resource in enumerate(layer["resources"]):
            yield ("layers", number, "resources", index), resource


def leaves(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and value and not value.keys() & {"$unknown", "$secret"}:
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path


@cache
def plan_leaves() -> list[Path]:
    document = plan_document()
    return [
        path
        for start, resource in resources(document)
        for name in resource.keys() - NOT_COMPARED.keys()
        for path in leaves(resource[name], (*start, name))
    ] + [
        path
        for number, layer in enumerate(document["layers"])
        for path in leaves(layer["outputs"], ("layers", number, "outputs"))
    ]


@cache
def engine_leaves() -> list[Path]:
    found: list[Path] = []
    for name, layer in engine_document().items():
        for index, resource in enumerate(layer["resources"]):
            start: Path = (name, "resources", index)
            if not is_left_out(resource):
                found += _leaves_of(resource, KEPT, start)
        for urn, request in layer["requests"].items():
            # The inputs of a release are compared as they were received.
            fields = (*RECEIVED, "object") if request["type"].endswith("v3:Release") else RECEIVED
            found += _leaves_of(request, fields, (name, "requests", urn))
    return [path for path in found if not is_normalised(path)]


def _leaves_of(document: Document, fields: tuple[str, ...], start: Path) -> Iterator[Path]:
    for field in fields:
        if field in document:
            yield from leaves(document[field], (*start, field))


def is_left_out(resource: Document) -> bool:
    """Tell whether the engine made the resource itself, or the provider completes it."""
    return "::default" in resource["urn"] or resource["type"].endswith("v3:Release")


def is_normalised(path: Path) -> bool:
    """Tell whether a leaf is one that docs/plan-and-engine.md takes out of the comparison."""
    if NORMALISED & set(path):
        return True
    value, owner = at(engine_document(), path), at(engine_document(), path[:3])
    of_provider = owner["type"].startswith("pulumi:providers:")
    return (
        (of_provider and path[-2:] == ("inputs", "version"))
        or (path[-1] == "name" and "autonamed" in str(at(engine_document(), path[:-1])))
        or (path[-1] == "hooks" and value == {})
        or path[-2:] == ("hidden", "value")
        # The plan says that this value is known after deployment.
        or path[-2:] == ("data", "release")
        or (path[-1] == "provider" and "::default::" in value)
    )


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def damaged(document: Document, path: Path) -> Document:
    """Return a copy with another value at a path."""
    result = copy.deepcopy(document)
    inside = at(result, path[:-1])
    inside[path[-1]] = other(inside[path[-1]])
    return result


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"other-{value}"
    if isinstance(value, list):
        return ["other"]
    return {"other": "other"} if value is not None else "other"
