"""Validation turns a node into a model, or into every problem that it has, in file order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from stackwright.blueprint.base import CLASH, SECRET_LITERAL
from stackwright.blueprint.clashes import clash_problems
from stackwright.blueprint.document import Location, Mark, Node
from stackwright.blueprint.faults import Fault, Place, descend, faults
from stackwright.blueprint.messages import message
from stackwright.blueprint.shape import shape
from stackwright.blueprint.shown import (
    REDACTED,
    dotted,
    looks_secret,
    names_secret,
    shown_source,
)
from stackwright.errors import BlueprintError, Problem

M = TypeVar("M", bound=BaseModel)

MAX_PROBLEMS = 100
"""Problems of one run that are told in full; the rest is counted."""


def validate(model: type[M], node: Node, file: str, at: Location = ()) -> M:
    """Return `node` as an instance of `model`.

    Args:
        model: What the node must be.
        node: The root of a document, or the part of it that `model` describes.
        file: Name of the file, for the problems.
        at: Where `node` stands in the file; put before every key path.

    Raises:
        BlueprintError: With all problems, in the order of the file.
    """
    value, problems = check(model, node, file, at)
    if value is None or problems:
        raise BlueprintError(problems)
    return value


def problems_of(model: type[BaseModel], node: Node, file: str, at: Location = ()) -> list[Problem]:
    """Return all that keeps `node` from being a `model`, in the order of the file."""
    return check(model, node, file, at)[1]


def check(
    model: type[M], node: Node, file: str, at: Location = ()
) -> tuple[M | None, list[Problem]]:
    """Return the model, or None, and the problems; `validate` that raises nothing."""
    data = node.plain()
    root = Place(at, shape(model), data)
    source = _Source(node, file, at)
    flags = dict(_flagged(root, node))
    try:
        # Sorted, so that the order of keys in the file reaches no plan.
        text = json.dumps(data, sort_keys=True)
        value = model.__pydantic_validator__.validate_json(text, strict=True)
    except ValidationError as error:
        found = list(faults(error, root))
        problems = [*_fault_problems(found, flags, source), *_flag_problems(found, flags, file)]
        problems += clash_problems(model, node, file, at)
        return None, in_order(problems or _unexplained(found, source))
    return value, in_order(list(_flag_problems([], flags, file)))


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems of one file in its order, each once; over the limit they are counted."""
    unique = list(dict.fromkeys(problems))
    unique.sort(key=lambda problem: (problem.line, problem.column))
    if len(unique) <= MAX_PROBLEMS:
        return unique
    rest = len(unique) - MAX_PROBLEMS
    return [*unique[:MAX_PROBLEMS], Problem(f"there are {rest} more problems.", unique[0].file)]


_Flags: TypeAlias = dict[Location, tuple[Place, Node]]

_LITERAL = "this looks like a secret; a secret is named, never written."

_REFERENCE = "Say where it is kept, and take the written one out of use."


@dataclass(frozen=True, slots=True)
class _Source:
    """The node that is validated, and where it stands."""

    node: Node
    file: str
    at: Location

    def find(self, path: Location) -> Node | None:
        return self.node.find(path[len(self.at) :])

    def mark(self, fault: Fault) -> Mark:
        key = fault.place.of_key or fault.type == "extra_forbidden"
        return self.node.position(_path(fault)[len(self.at) :], key)


def _flagged(root: Place, node: Node) -> Iterator[tuple[Location, tuple[Place, Node]]]:
    """Yield the scalars that are wrong whatever the model: ambiguous ones and literal secrets."""
    for path, item in node.walk():
        if item.ambiguous or looks_secret(item.value):
            place = descend(root, path)
            yield place.path, (place, item)
        elif _may_be_secret(path, node, item):
            place = descend(root, path)
            if place.field is None:
                yield place.path, (place, item)


def _may_be_secret(path: Location, root: Node, item: Node) -> bool:
    """Return whether a text stands under the name of a secret: by its key, or by `name: value`."""
    if not item.value or not isinstance(item.value, str) or not path:
        return False
    if looks_secret(path[-1]):
        return True
    if path[-1] != "value":
        return names_secret(path[-1])
    beside = root.find((*path[:-1], "name"))
    return beside is not None and names_secret(beside.value)


def _flag_problems(found: list[Fault], flags: _Flags, file: str) -> Iterator[Problem]:
    stronger = {fault.place.path for fault in found if _says_more(fault)}
    refused = {fault.place.path for fault in found if fault.type == SECRET_LITERAL}
    for path, (place, node) in flags.items():
        if path not in refused and (path not in stronger or looks_secret(node.value)):
            text, hint = _flag_message(place, node)
            yield Problem(text, file, *node.mark, path=dotted(path), hint=hint)


def _says_more(fault: Fault) -> bool:
    """Return whether a fault matters more than that its value is ambiguous."""
    wanted = fault.place.shape
    structured = wanted.model is not None or wanted.is_mapping or wanted.is_list
    return fault.type == "extra_forbidden" or structured or bool(wanted.tagged())


def _flag_message(place: Place, node: Node) -> tuple[str, str]:
    if looks_secret(node.value) or not node.ambiguous:
        return _LITERAL, _REFERENCE
    seen = shown_source(node.source, place.path)
    if place.shape.annotation is bool:
        return f"{seen} is not a truth value; true or false is expected.", "Write true or false."
    text = f"{seen} is {node.ambiguous} to some readers of YAML and something else to others."
    if place.shape.annotation in (int, float):
        return text, "Write the number in plain decimal digits."
    quoted = "Quote it." if seen == REDACTED else f'Quote it: "{seen}".'
    is_word = node.ambiguous == "true or false"
    return text, f"{quoted} For a truth value, write true or false." if is_word else quoted


def _fault_problems(found: list[Fault], flags: _Flags, source: _Source) -> Iterator[Problem]:
    rest = [fault for fault in found if fault.type != CLASH and not _is_told(fault, flags)]
    marked = sorted(((source.mark(fault), fault) for fault in rest), key=lambda pair: pair[0])
    for number, (mark, fault) in enumerate(marked):
        # Past the limit problems are only counted, so their words need no search for the nearest.
        if number > MAX_PROBLEMS:
            yield Problem("", source.file, *mark, path=str(number))
        else:
            yield _fault_problem(fault, mark, source)


def _is_told(fault: Fault, flags: _Flags) -> bool:
    """Return whether the value is a flagged one, about which the flag says more."""
    return _path(fault) in flags and not fault.place.of_key and not _says_more(fault)


def _fault_problem(fault: Fault, mark: Mark, source: _Source) -> Problem:
    node = source.find(fault.place.path)
    text, hint = message(fault, node.source if node is not None else "")
    return Problem(text, source.file, *mark, path=dotted(_path(fault)), hint=hint)


def _path(fault: Fault) -> Location:
    if fault.type in {"union_tag_invalid", "union_tag_not_found"} and fault.place.shape.tag_key:
        return (*fault.place.path, fault.place.shape.tag_key)
    return fault.place.path


def _unexplained(found: list[Fault], source: _Source) -> list[Problem]:
    """Return rules that fail on the whole model only, such as those about defaults."""
    return [_fault_problem(fault, source.mark(fault), source) for fault in found]
