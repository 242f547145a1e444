"""Reads a plan that was stored, and refuses what is none: anybody may have written the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from pydantic import TypeAdapter, ValidationError

from stackwright.errors import InputError, Problem
from stackwright.plan import graph
from stackwright.plan.graph import SCHEMA, JsonValue, Plan
from stackwright.strict_json import make_strict, problems

_HINT = "Write one: stackwright plan --format json -o FILE."

_MARKS = ("$secret", "$unknown")


def read_plan(text: str, file: str) -> Plan:
    """Read what `Plan.to_json` wrote; a field with a default may be missing.

    Args:
        text: The JSON.
        file: Name of its file, for problems.

    Raises:
        InputError: It is no JSON, of another schema version, or no plan; each place is listed.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or document.pop("schema", None) != SCHEMA:
            raise ValueError(f"not a plan of schema {SCHEMA}")
        wrong = next(_wrong_marks(document), None)
        checked = json.dumps(document)
    except (ValueError, RecursionError):
        message = "this file holds no plan of this version."
        raise InputError([Problem(message, file=file, hint=_HINT)]) from None
    if wrong is not None:
        message = f"a value holds {wrong} without the list of texts that it is made from."
        raise InputError([Problem(message, file=file, hint=_HINT)])
    try:
        return _adapter().validate_json(checked)
    except ValidationError as error:
        raise InputError(problems(error, file)) from None


@cache
def _adapter() -> TypeAdapter[Plan]:
    make_strict(graph)
    return TypeAdapter(Plan)


def _wrong_marks(value: JsonValue) -> Iterator[str]:
    """Yield each mark of an unknown or a secret that says nothing of its origins."""
    if isinstance(value, dict):
        for mark in _MARKS:
            made_from = value.get(mark, ())
            if made_from and not _are_texts(made_from):
                yield mark
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            yield from _wrong_marks(item)


def _are_texts(value: JsonValue) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
