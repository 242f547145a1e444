"""A commented blueprint: plain data as YAML, each key with what it means.

The comments are the models' own descriptions, so they never say something else than `explain`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from stackwright.blueprint.explain import find
from stackwright.blueprint.flow import flow
from stackwright.blueprint.keys import Key
from stackwright.blueprint.meanings import first_sentence
from stackwright.errors import UnknownName

EXAMPLE = "EXAMPLE, write your own."
"""Begin of the comment beside a value that nothing may be deployed with."""

WIDTH = 100
"""Columns of the text; a comment that does not fit beside its key stands above it."""

_ONE_LINE = 60
"""Columns that a mapping on one line may take."""


def commented(data: Mapping[str, Any], title: str) -> str:
    """Return a blueprint as text.

    Args:
        data: The blueprint as plain data; its order is kept.
        title: First line, without the mark of a comment.
    """
    return "\n".join([*_wrapped(title, ""), "", *_lines(data, ())]) + "\n"


def _lines(data: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[str]:
    indent = "  " * len(at)
    for name, value in data.items():
        path = (*at, name)
        key = _key(path, data)
        comment = _comment(key, value)
        if isinstance(value, Mapping) and not _fits(value, path):
            yield from _with_comment(f"{indent}{name}:", comment)
            yield from _lines(value, path)
        else:
            yield from _with_comment(f"{indent}{name}: {flow(value)}", comment)


def _fits(value: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Tell whether a mapping is short, and no key in it needs a word of its own."""
    if path == ("environments",) or len(flow(value)) > _ONE_LINE or len(value) > 2:
        return False
    return all(_fits_inside(name, item, value, path) for name, item in value.items())


def _fits_inside(
    name: str, value: Any, siblings: Mapping[str, Any], above: tuple[str, ...]
) -> bool:
    path = (*above, name)
    if isinstance(value, Mapping):
        return _fits(value, path)
    return not _is_example(_key(path, siblings), value)


def _key(path: tuple[str, ...], siblings: Mapping[str, Any]) -> Key | None:
    """Return what explains a path: of several keys, that of the kind beside it.

    None for a name that the user chose, and below `environments`.
    """
    if path[0] == "environments" and len(path) > 1:
        return None
    try:
        found = find(".".join(path))
    except UnknownName:
        return None
    # An instance of a capability has one step more than its key.
    found = tuple(key for key in found if len(key.path) in (len(path), len(path) - 1))
    kinds = {value for value in siblings.values() if isinstance(value, str)}
    beside = [key for key in found if kinds & set(key.kinds)]
    return next(iter((*beside, *found)), None)


def _comment(key: Key | None, value: Any) -> str:
    if key is None or key.path[-1] == "kind":
        return ""
    meaning = first_sentence(key.meaning)
    return f"{EXAMPLE} {meaning}" if _is_example(key, value) else meaning


def _is_example(key: Key | None, value: Any) -> bool:
    return key is not None and key.example_only and value == key.example


def _with_comment(line: str, comment: str) -> Iterator[str]:
    if not comment:
        yield line
    elif len(line) + len(comment) + 4 <= WIDTH:
        yield f"{line}  # {comment}"
    else:
        indent = line[: len(line) - len(line.lstrip())]
        yield from _wrapped(comment, indent)
        yield line


def _wrapped(text: str, indent: str) -> list[str]:
    mark = f"{indent}# "
    return textwrap.wrap(text, WIDTH, initial_indent=mark, subsequent_indent=mark)
