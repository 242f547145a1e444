"""What pydantic found wrong, in words: the file, the line, the dotted path, what was expected."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]


def validation_problems(
    file: str,
    error: ValidationError,
    model: type[BaseModel],
    data: Any,
    lines: Mapping[Path, int] | None = None,
) -> list[str]:
    """Return one line for each problem of `data`, which `file` holds and `model` refused.

    `lines` says on which line of the file each path is, where that is known.
    """
    problems = []
    details = error.errors(include_url=False)
    places = [_path_in_data(detail, data) for detail in details]
    for detail, path in zip(details, places, strict=True):
        if detail["type"] == "too_short" and any(_is_inside(other, path) for other in places):
            continue
        line = (lines or {}).get(path) or (lines or {}).get(path[:-1]) if path else None
        where = f"{file}:{line}" if line else file
        dotted = ".".join(str(part) for part in path)
        words = _words(detail, path, model)
        problems.append(": ".join(part for part in (where, dotted, words) if part))
    return problems


def nearest(name: str, known: Iterable[str], most: int = 12) -> str:
    """Return words that name the known name nearest to a wrong one, or all of at most `most`."""
    names = sorted(known)
    found = difflib.get_close_matches(name, names, n=1)
    if found:
        return f"; did you mean {found[0]}?"
    return f"; expected one of {', '.join(names)}" if 0 < len(names) <= most else ""


def _path_in_data(detail: ErrorDetails, data: Any) -> Path:
    """Return where the problem is in the data: pydantic also names the kinds it chose between."""
    path: list[str | int] = []
    for part in detail["loc"]:
        inside = (isinstance(data, Mapping) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            path.append(part)
            data = data[part]
    return (*path, detail["loc"][-1]) if detail["type"] == "missing" else tuple(path)


def _is_inside(path: Path, other: Path) -> bool:
    """Tell whether a path is truly below another."""
    return len(path) > len(other) and path[: len(other)] == other


def _words(detail: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    """Return what is wrong and what was expected, without the value: it may be personal."""
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"no such key{nearest(str(path[-1]), _keys_at(detail['loc'][:-1], model))}"
    if kind == "missing":
        return "is missing"
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        key = detail["ctx"]["discriminator"].strip("'")
        choices = detail["ctx"].get("expected_tags")
        return f"{key} must be one of {choices}" if choices else f"{key} is missing"
    if kind == "string_type":
        return "expected text; put it in quotes"
    if kind in {"value_error", "assertion_error"}:
        return str(detail.get("ctx", {}).get("error", detail["msg"]))
    return detail["msg"][:1].lower() + detail["msg"][1:]


def _keys_at(location: Path, model: type[BaseModel]) -> list[str]:
    """Return the keys that the model has at a place."""
    kind: Any = model
    for part in location:
        kind = _step(kind, part)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.alias or name for name, field in kind.model_fields.items()]
    return []


def _step(kind: Any, part: str | int) -> Any:
    """Return the type of one part of a value of a type; None where that is not known."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(part))
        return _plain(field.annotation) if field else None
    if get_origin(kind) is Union or type(kind).__name__ == "UnionType":
        return next((member for member in get_args(kind) if _has_tag(member, part)), None)
    arguments = get_args(kind)
    return (
        _plain(arguments[-1] if get_origin(kind) is dict else arguments[0]) if arguments else None
    )


def _plain(kind: Any) -> Any:
    """Return a type without what is only said about it, and without None as a choice."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    members = [member for member in get_args(kind) if member is not type(None)]
    return members[0] if len(members) == 1 and type(None) in get_args(kind) else kind


def _has_tag(kind: Any, tag: str | int) -> bool:
    """Tell whether a model is the one that a discriminator's value means."""
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return False
    return any(tag in get_args(field.annotation) for field in kind.model_fields.values())
