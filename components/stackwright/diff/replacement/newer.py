"""Inputs that a provider got after it was measured: nobody knows what a change of one does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from stackwright.data.known_inputs import is_known
from stackwright.diff.properties.steps import ELEMENT, Steps
from stackwright.diff.properties.texts import DEEPEST
from stackwright.diff.shapes import Inputs
from stackwright.plan.graph import JsonValue
from stackwright.report.words import is_mark


def is_newer(type_: str, path: Steps) -> bool:
    """Tell whether an input, or a field of a block on the way to it, was not there."""
    return not is_known(type_, tuple(step for step in path if step != ELEMENT))


def newer_that_differ(type_: str, before: Inputs, after: Inputs) -> frozenset[Steps]:
    """Return where two sides of a resource differ in what was not there, the outermost of each."""
    earlier, later = _gathered(type_, before), _gathered(type_, after)
    every = earlier.keys() | later.keys()
    return frozenset(path for path in every if earlier.get(path) != later.get(path))


def _gathered(type_: str, inputs: Inputs) -> Mapping[Steps, list[JsonValue]]:
    found: dict[Steps, list[JsonValue]] = defaultdict(list)
    for path, value in _newer(type_, inputs, ()):
        found[path].append(value)
    return found


def _newer(type_: str, value: JsonValue, path: Steps) -> Iterator[tuple[Steps, JsonValue]]:
    """Yield what was not there, of all elements of a list, and what lies too deep to be followed.

    Nobody looks into a secret.
    """
    if len(path) > DEEPEST:
        yield path, value
    elif isinstance(value, Mapping) and not is_mark(value):
        for key, one in value.items():
            where = (*path, key)
            if not is_newer(type_, where):
                yield from _newer(type_, one, where)
            elif one is not None:
                yield where, one
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _newer(type_, one, (*path, ELEMENT))
