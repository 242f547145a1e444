"""Dataclasses read from JSON that a stranger may have written: exactly their types, or refused."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from types import ModuleType

from pydantic import ConfigDict, ValidationError

from stackwright.errors import Problem

_STRICT = ConfigDict(strict=True, extra="forbid")

_MOST_PROBLEMS = 10

_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")


def make_strict(module: ModuleType) -> None:
    """Let every dataclass of a module take no other type and no other key than its own."""
    for item in vars(module).values():
        if isinstance(item, type) and is_dataclass(item) and item.__module__ == module.__name__:
            item.__pydantic_config__ = _STRICT  # type: ignore[attr-defined]


def problems(error: ValidationError | RecursionError, file: str) -> list[Problem]:
    """Return the first things that are wrong in a file, each with its place."""
    if isinstance(error, RecursionError):
        return [Problem("its values are nested too deeply.", file=file)]
    found = [
        Problem(f"{item['msg']}.", file=file, path=".".join(map(_part, item["loc"])))
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return found[:_MOST_PROBLEMS]


def _part(part: str | int) -> str:
    """Return a key for a message; what a stranger chose may be a command to a CI system's log."""
    return str(part) if isinstance(part, int) or _KEY.fullmatch(part) else "..."
