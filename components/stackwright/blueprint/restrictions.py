"""Restrictions of a text that a pattern alone cannot say in words, told to the JSON Schema too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from stackwright.blueprint.shown import nearest, shown, unexpected_character


def _checked(check: Callable[[str], str], source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    return core_schema.no_info_after_validator_function(check, handler(source))


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that the text may not have, though the field's pattern allows it."""

    pattern: str
    """Searched for in the text; a form that both Python and ECMAScript read."""
    reason: str
    """Why, and what to do instead, in words that follow the text itself."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Refuse the form."""
        return _checked(self._check, source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say so in JSON Schema."""
        inner = handler(schema)
        refused = [*inner.pop("allOf", []), {"not": {"pattern": self.pattern}}]
        return {**inner, "allOf": refused}

    def _check(self, text: str) -> str:
        if re.search(self.pattern, text):
            raise ValueError(f"{shown(text)} {self.reason}")
        return text


@dataclass(frozen=True, slots=True)
class Known:
    """The texts that are known, too many to list in a message."""

    texts: tuple[str, ...]
    what: str
    """What an unknown text is not, such as `a region of AWS that is known here`."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Refuse all else."""
        return _checked(self._check, source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> Mapping[str, Any]:
        """List the texts in JSON Schema."""
        return {**handler(schema), "enum": list(self.texts)}

    def _check(self, text: str) -> str:
        if text not in self.texts:
            hint = unexpected_character(text) or nearest(text, self.texts)
            raise ValueError(f"{shown(text)} is not {self.what}. {hint}".rstrip())
        return text
