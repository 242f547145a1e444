"""The JSON Schemas of a plan, a diff and an event, made from their classes, so they agree."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from stackwright.diff.model import SCHEMA as DIFF_SCHEMA
from stackwright.diff.model import Diff
from stackwright.engine import events
from stackwright.plan.graph import SCHEMA, Plan

_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number"}

_ORIGINS = {"type": "array", "items": {"type": "string", "pattern": "#"}}

_VALUE = {
    "description": "A JSON value; strings may hold symbols such as ${output:URN#property}.",
    "anyOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "array", "items": {"$ref": "#/$defs/value"}},
        {"$ref": "#/$defs/unknown"},
        {"$ref": "#/$defs/secret"},
        {
            "type": "object",
            "not": {"anyOf": [{"required": ["$unknown"]}, {"required": ["$secret"]}]},
            "additionalProperties": {"$ref": "#/$defs/value"},
        },
    ],
}


def _mark(key: str, description: str) -> dict[str, Any]:
    return {
        "description": description,
        "type": "object",
        "properties": {key: _ORIGINS},
        "required": [key],
        "additionalProperties": False,
    }


_UNKNOWN = _mark("$unknown", "A value known after deployment, and what it is made from.")
_SECRET = _mark("$secret", "A secret, and what it is made from; never its value.")

_ENVELOPE = {
    "schema": {"const": events.SCHEMA},
    "sequence": {"description": "Number in the stream, from 1.", "type": "integer", "minimum": 1},
    "time": {"description": "When it was received, in UTC.", "type": "string"},
}


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of what `Plan.to_json` writes."""
    return _document(Plan, SCHEMA)


def diff_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of what `stackwright diff --format json` writes."""
    return _document(Diff, DIFF_SCHEMA)


def events_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of each line that a command on an environment writes."""
    definitions: dict[str, Any] = {"value": _VALUE, "unknown": _UNKNOWN, "secret": _SECRET}
    kinds = []
    for model in get_args(events.Event):
        schema = _of_class(model, definitions)
        schema["properties"] = {"kind": {"const": model.kind}, **_ENVELOPE, **schema["properties"]}
        schema["required"] = list(schema["properties"])
        kinds.append(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{events.SCHEMA.replace('/', ':')}",
        "title": events.SCHEMA,
        "oneOf": kinds,
        "$defs": dict(sorted(definitions.items())),
    }


def _document(model: type, name: str) -> dict[str, Any]:
    """Return the schema of a document that is one object of a class, and says its version."""
    definitions: dict[str, Any] = {"value": _VALUE, "unknown": _UNKNOWN, "secret": _SECRET}
    schema = _of_class(model, definitions)
    schema["properties"] = {"schema": {"const": name}, **schema["properties"]}
    schema["required"] = ["schema", *schema["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{name.replace('/', ':')}",
        "title": name,
        **schema,
        "$defs": dict(sorted(definitions.items())),
    }


def _of_class(model: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(model)
    documents = _field_documents(model)
    properties = {}
    for field in fields(model):
        schema = _of_type(hints[field.name], definitions)
        if field.name in documents:
            schema = {"description": documents[field.name], **schema}
        properties[field.name] = schema
    return {
        "description": (inspect.getdoc(model) or "").partition("\n")[0],
        "type": "object",
        "properties": properties,
        # Every field is written, also one at its default.
        "required": list(properties),
        "additionalProperties": False,
    }


def _of_type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if hint is Any:
        return {"$ref": "#/$defs/value"}
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    if is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = _of_class(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return _of_generic(hint, definitions)


def _of_generic(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _of_type(arguments[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of_type(arguments[1], definitions)}
    if origin is types.UnionType and types.NoneType in arguments:
        inner = next(argument for argument in arguments if argument is not types.NoneType)
        return {"anyOf": [_of_type(inner, definitions), {"type": "null"}]}
    raise TypeError(f"a plan holds no {hint}")


def _field_documents(model: type) -> dict[str, str]:
    """Return the sentence that stands as a string under a field in the source of its module."""
    module = ast.parse(inspect.getsource(sys.modules[model.__module__]))
    found = next(
        node
        for node in module.body
        if isinstance(node, ast.ClassDef) and node.name == model.__name__
    )
    documents = {}
    for node, after in zip(found.body, found.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            text = _string(after)
            if text:
                documents[node.target.id] = " ".join(text.split())
    return documents


def _string(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value)
    return ""
