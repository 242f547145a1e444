"""Writes a diff as versioned JSON, and reads one that a stranger may have written."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter, ValidationError

from stackwright.diff import changes, findings, model
from stackwright.diff.model import SCHEMA, Diff
from stackwright.diff.verdict import verdict
from stackwright.errors import InputError, Problem
from stackwright.strict_json import make_strict, problems
from stackwright.versioned_json import versioned_json

LARGEST_BYTES = 64 * 1024 * 1024
"""A diff of 10,000 resources takes about 20 MB; what is larger was not made by us."""

MOST_VALUES = 1_000_000
"""A diff of 10,000 resources holds about 350,000; 60 MB of `[],` would take 5 GB to read."""


def to_json(diff: Diff) -> str:
    """Return the versioned JSON; byte-identical for equal diffs."""
    return versioned_json(SCHEMA, diff)


def from_json(data: bytes, file: str) -> Diff:
    """Read what `to_json` wrote, and refuse everything else; the verdict is made anew.

    Args:
        data: The file's content, trusted in nothing.
        file: Its name, for problems.

    Raises:
        InputError: It is too large, no JSON, or no diff of this version.
    """
    _refuse_large(data, file)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError([Problem("this is not valid JSON.", file=file)]) from None
    if not isinstance(document, dict) or document.pop("schema", None) != SCHEMA:
        message = f"this is no diff of schema {SCHEMA}."
        hint = "Make one: stackwright diff --format json."
        raise InputError([Problem(message, file=file, hint=hint)])
    try:
        found = _adapter().validate_json(json.dumps(document))
    except (ValidationError, RecursionError) as error:
        raise InputError(problems(error, file)) from None
    # Whoever wrote the file may judge his own change; what follows from it is judged here.
    return replace(found, verdict=verdict(found.environments, found.projects))


def _refuse_large(data: bytes, file: str) -> None:
    """Refuse what would take more memory and time than a diff does, before any of it is read.

    Raises:
        InputError: It is too large.
    """
    hint = "Compare fewer environments: stackwright diff -e ENVIRONMENT."
    if len(data) > LARGEST_BYTES:
        message = f"it is larger than {LARGEST_BYTES} bytes."
        raise InputError([Problem(message, file=file, hint=hint)])
    # Signs inside of texts count as well: what has few of them has few values for certain.
    if sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        message = f"it holds more than {MOST_VALUES} values."
        raise InputError([Problem(message, file=file, hint=hint)])


@cache
def _adapter() -> TypeAdapter[Diff]:
    for module in (changes, findings, model):
        make_strict(module)
    return TypeAdapter(Diff)
