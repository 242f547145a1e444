"""Reads the YAML files that people edit, strictly: one meaning, every problem at once."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from .errors import InputError
from .problems import validation_problems

MOST_BYTES = 1024 * 1024
"""Size of the largest file that is read."""
_DEEPEST = 20
"""Levels of nesting that are read; ours have five."""

_Model = TypeVar("_Model", bound=BaseModel)
_Lines = dict[tuple[str | int, ...], int]


def read_configuration(file: Path, model: type[_Model]) -> _Model:
    """Read a YAML file as a model.

    Only true and false are truth values, only decimal numbers are numbers; all else is text.

    Raises:
        InputError: The file is not there, is no such YAML, or has keys or values that the model
            refuses; every problem is named with its line and path.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError([f"{file}: larger than 1 MiB"])
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError([f"{file}: is not there"]) from None
    except UnicodeDecodeError as error:
        raise InputError([f"{file}: not UTF-8 at byte {error.start}"]) from None
    return parse_configuration(text, model, str(file))


def parse_configuration(text: str, model: type[_Model], file: str) -> _Model:
    """Read YAML text as a model; `file` names it in problems.

    Raises:
        InputError: As `read_configuration`.
    """
    data, lines, problems = _parse(text, file)
    try:
        value = model.model_validate(data)
    except ValidationError as error:
        problems += validation_problems(file, error, model, data, lines)
    if problems:
        raise InputError(problems)
    return value


class _StrictLoader(yaml.SafeLoader):
    """Reads YAML of one meaning: no aliases, no tags, no duplicate keys, no surprising types."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - how PyYAML finds its table

    def __init__(self, text: str, file: str) -> None:
        super().__init__(text)
        self.file = file
        self.depth = 0
        self.problems: list[str] = []

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self.refuse(event.start_mark, "anchors and aliases are not read; write it out")
        if getattr(event, "tag", None):
            self.refuse(event.start_mark, f"the tag {event.tag} is not read; remove it")
        self.depth += 1
        if self.depth > _DEEPEST:
            self.refuse(event.start_mark, f"more than {_DEEPEST} levels deep")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def refuse(self, mark: Any, problem: str) -> NoReturn:
        raise InputError([f"{self.file}:{mark.line + 1}: {problem}"])


for _tag, _form, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", "-+0123456789"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
):
    _StrictLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(_form), list(_first)
    )


def _parse(text: str, file: str) -> tuple[Any, _Lines, list[str]]:
    """Return what YAML text says, on which line each path is, and what is wrong with its keys."""
    loader: Any = None
    try:
        loader = _StrictLoader(text, file)
        node = loader.get_single_node()
        lines: _Lines = {}
        if node is not None:
            _walk(node, (), lines, loader)
        data = {} if node is None else loader.construct_document(node)
        return data, lines, loader.problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{file}:{mark.line + 1}" if mark else file
        raise InputError([f"{where}: not YAML: {error.problem or error.context}"]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise InputError([f"{file}: not YAML: {error}"]) from None
    finally:
        if loader is not None:
            loader.dispose()


def _walk(
    node: yaml.Node, path: tuple[str | int, ...], lines: _Lines, loader: _StrictLoader
) -> None:
    """Note the line of every path, and every key that is there twice or is no text."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            _walk(item, (*path, position), lines, loader)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[Hashable, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        where = f"{loader.file}:{line}: " + ".".join(str(part) for part in path)
        if not isinstance(key, yaml.ScalarNode) or not key.tag.endswith(":str"):
            loader.problems.append(f"{where}: a key must be text; put it in quotes")
            continue
        if key.value in seen:
            first = seen[key.value]
            loader.problems.append(f"{where}.{key.value}: is there twice, first on line {first}")
        seen.setdefault(key.value, line)
        lines[(*path, key.value)] = line
        _walk(value, (*path, key.value), lines, loader)
