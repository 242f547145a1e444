"""The JSON Schema of a blueprint, for editors: made from the models, so that both say the same.

What JSON Schema cannot say is left to `stackwright validate`: rules about several keys, how the
parts of an environment merge, and checks of meaning, such as whether a range of addresses is
private. So the schema accepts more than the model, and never less.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from stackwright.blueprint.load import SHARED_KEYS
from stackwright.blueprint.meanings import described, member_meanings, one_line
from stackwright.blueprint.model import blueprint_model
from stackwright.blueprint.shape import fields_by_key

DIALECT = "https://json-schema.org/draft/2020-12/schema"

PARTIAL = "Partial"
"""Begin of the name of a definition that an environment uses: every key may be absent or null."""

Schema: TypeAlias = dict[str, Any]

_END = re.compile(r"(?<!\\)((?:\\\\)*)\$")


def json_schema() -> Schema:
    """Return the schema of a blueprint, as JSON Schema 2020-12."""
    model = blueprint_model()
    whole = model.model_json_schema(schema_generator=_Generator)
    definitions: Schema = _clean(whole.pop("$defs"))
    whole = _clean(whole)
    shared = {key: whole["properties"].pop(key) for key in SHARED_KEYS}
    overridable = whole["properties"]
    environment = _Partial(definitions).mapping(whole)
    shared["environments"]["additionalProperties"] = {"$ref": "#/$defs/Environment"}
    required = [key for key in whole["required"] if key in shared]
    return {
        "$schema": DIALECT,
        "title": "Stackwright blueprint",
        "description": whole["description"],
        "type": "object",
        "properties": {**shared, **{key: _words(value) for key, value in overridable.items()}},
        "required": required,
        "additionalProperties": False,
        "if": _HAS_ENVIRONMENTS,
        "then": {"properties": environment["properties"]},
        "else": {
            "properties": overridable,
            "required": [key for key in whole["required"] if key not in required],
        },
        "$defs": {**definitions, "Environment": {**environment, "description": _ENVIRONMENT}},
    }


_ENVIRONMENT = "What differs from the rest of the file in one environment; null removes a key."

_HAS_ENVIRONMENTS: Schema = {
    "required": ["environments"],
    "properties": {"environments": {"type": "object", "minProperties": 1}},
}
"""With environments, what one of them gives may be absent from the rest of the file."""


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with what it leaves out or says otherwise."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return a model with the meaning of each key."""
        result = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        described(model)
        for key, info in fields_by_key(model).items():
            if info.description:
                result["properties"][key]["description"] = one_line(info.description)
        return result

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """Return a mapping whose keys are held to every limit, and not to a pattern alone."""
        keys = self.generate_inner(schema.get("keys_schema", core_schema.str_schema())).copy()
        keys.pop("type", None)
        values = self.generate_inner(schema.get("values_schema", core_schema.any_schema()))
        result: JsonSchemaValue = {"type": "object", "additionalProperties": values or True}
        if keys:
            result["propertyNames"] = keys
        limits = {
            "minProperties": schema.get("min_length"),
            "maxProperties": schema.get("max_length"),
        }
        return {**result, **{key: limit for key, limit in limits.items() if limit is not None}}

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """Return the choices with the meaning of each, which editors show."""
        result = super().enum_schema(schema)
        choice: type[Enum] = schema["cls"]
        meanings = member_meanings(choice)
        if meanings:
            result["enumDescriptions"] = [meanings.get(str(item.value), "") for item in choice]
        return result

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Return members that each require the key that tells them apart."""
        if callable(schema["discriminator"]):
            return self._one_or_many(schema)
        tag = _tag_key(schema["discriminator"])
        members = [self.generate_inner(choice) for choice in schema["choices"].values()]
        return {"oneOf": [{**member, "required": [tag]} for member in members]}

    def _one_or_many(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        one = self.generate_inner(schema["choices"]["one"])
        many = self.generate_inner(schema["choices"]["many"])
        named = {**many, "minProperties": 1, "properties": {"kind": False}}
        return {"anyOf": [one, named]}


def _tag_key(discriminator: Any) -> str:
    """Return the key that tells the members apart, as it is written.

    For a field with an alias Pydantic lists the paths of both, the alias last.
    """
    return discriminator if isinstance(discriminator, str) else str(discriminator[-1][0])


def _clean(value: Any) -> Any:
    """Return a schema without made titles, and with patterns that end where the text ends."""
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: item for key, item in value.items() if key != "title" or isinstance(item, dict)}
    if isinstance(result.get("pattern"), str):
        result["pattern"] = whole_text(result["pattern"])
    return {key: item if key in _DATA else _clean(item) for key, item in result.items()}


_DATA = frozenset({"default", "examples", "const", "enum", "enumDescriptions", "required"})
"""Keywords that hold data and no schema."""


def whole_text(pattern: str) -> str:
    r"""Return a pattern whose `$` refuses a line end after the text, in Python as in ECMAScript."""
    return _END.sub(r"\1(?!\\n)$", pattern)


def _words(schema: Schema) -> Schema:
    """Return what a reader wants to know of a key, without what it must be."""
    return {key: schema[key] for key in ("description", "default", "examples") if key in schema}


_WHOLE = frozenset({"required", "minProperties", "maxProperties", "default"})
"""Keywords about a whole mapping, which an environment holds only a part of."""


class _Partial:
    """Makes the schema of what an environment may override."""

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions

    def mapping(self, schema: Schema) -> Schema:
        """Return a mapping whose keys may all be absent or null."""
        kept = {key: item for key, item in schema.items() if key not in _WHOLE}
        if "properties" in kept:
            kept["properties"] = {k: self.nullable(v) for k, v in kept["properties"].items()}
        if isinstance(kept.get("additionalProperties"), dict):
            kept["additionalProperties"] = self.nullable(kept["additionalProperties"])
        return kept

    def nullable(self, schema: Any) -> Any:
        """Return a value that may also be null, which removes it."""
        if not isinstance(schema, dict):
            return schema
        words = _words(schema)
        words.pop("default", None)
        rest = {
            key: item
            for key, item in schema.items()
            if key not in ("description", "default", "examples")
        }
        return {**words, "anyOf": [self.partial(rest), {"type": "null"}]} if rest else schema

    def partial(self, schema: Schema) -> Schema:
        """Return what may be laid over a value of a schema."""
        if "$ref" in schema:
            return self._reference(schema["$ref"])
        for key in ("anyOf", "oneOf"):
            if key in schema:
                # Without its kind a mapping may fit several members.
                return {"anyOf": [self.partial(member) for member in schema[key]]}
        return self.mapping(schema) if schema.get("type") == "object" else schema

    def _reference(self, reference: str) -> Schema:
        name = reference.rpartition("/")[2]
        definition = self._definitions[name]
        if definition.get("type") != "object":
            return {"$ref": reference}
        partial = f"{PARTIAL}{name}"
        if partial not in self._definitions:
            self._definitions[partial] = {}
            self._definitions[partial] = self.mapping(definition)
        return {"$ref": f"#/$defs/{partial}"}
