"""The environment matrix: what dev, staging and prod get of a change, and what differs after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import BaseModel

from stackwright.blueprint.document import Location
from stackwright.blueprint.load import SHARED_KEYS
from stackwright.blueprint.model import BlueprintHeader
from stackwright.blueprint.shown import dotted
from stackwright.diff.causes import without_secrets
from stackwright.diff.model import MatrixRow
from stackwright.environment import Environment

_KIND = "kind"

_HEADER = set(BlueprintHeader.model_fields) - set(SHARED_KEYS) - {"api_version"}


def matrix(
    base: Mapping[str, Environment], head: Mapping[str, Environment]
) -> tuple[MatrixRow, ...]:
    """Return a row for each key that changes in an environment, or differs among them afterwards.

    Values are those that hold: overrides, profiles and defaults included. Of a tool that is new,
    gone, or not in every environment, its kind stands for all of its keys.

    Args:
        base: The earlier environments by name.
        head: The later ones; a new one changes nothing that others have.
    """
    before = {name: _held(environment) for name, environment in base.items()}
    after = {name: _held(environment) for name, environment in head.items()}
    return tuple(_rows(before, after))


@dataclass(slots=True)
class _Held:
    """What holds in one environment."""

    values: dict[Location, Any] = field(default_factory=dict)
    tools: dict[Location, str] = field(default_factory=dict)
    """Where each tool stands, and its kind."""

    def add(self, model: BaseModel, at: Location, only: set[str] | None = None) -> None:
        """Add the keys of a model: what is given, and every default that says something."""
        dump = partial(model.model_dump, mode="json", by_alias=True, include=only)
        given = dump(exclude_unset=True)
        for key, value in dump().items():
            self.values |= dict(_leaves(value, (*at, key), given.get(key)))


def _held(environment: Environment) -> _Held:
    held = _Held()
    held.add(environment.blueprint, (), _HEADER)
    for instance in environment.instances.values():
        held.tools[instance.location] = instance.settings.kind
        held.add(instance.settings, instance.location)
    return held


def _leaves(value: Any, at: Location, given: Any) -> Iterator[tuple[Location, Any]]:
    if isinstance(value, Mapping) and value:
        inner = given if isinstance(given, Mapping) else {}
        for key, item in value.items():
            yield from _leaves(item, (*at, key), inner.get(key))
    elif value not in (None, "", [], {}) or given is not None:
        yield at, value


def _rows(before: Mapping[str, _Held], after: Mapping[str, _Held]) -> Iterator[MatrixRow]:
    both = [name for name in after if name in before]
    shared = _in_all([*after.values(), *(before[name] for name in both)])
    paths = dict.fromkeys(path for held in after.values() for path in held.values)
    paths |= dict.fromkeys(path for name in both for path in before[name].values)
    for path in paths:
        values = {name: one.values[path] for name, one in after.items() if path in one.values}
        changed = tuple(
            name for name in both if _changes(before[name].values, after[name].values, path)
        )
        differs = bool(values) and (len(values) < len(after) or not _all_equal(values))
        if (changed or differs) and _tells(path, after, before, shared):
            shown = {name: without_secrets(value) for name, value in values.items()}
            yield MatrixRow(dotted(path), shown, changed, differs)


def _in_all(sides: Collection[_Held]) -> set[Location]:
    """Return where the same tool stands in every environment, before and after."""
    tools = [set(held.tools.items()) for held in sides]
    return {place for place, _ in set.intersection(*tools)} if tools else set()


def _tells(
    path: Location,
    after: Mapping[str, _Held],
    before: Mapping[str, _Held],
    shared: set[Location],
) -> bool:
    """Tell whether a key says more than that its tool is there."""
    tools = {place for held in (*after.values(), *before.values()) for place in held.tools}
    # An instance of a capability stands below it, and may take the place of a single tool there.
    place = next((path[:steps] for steps in (2, 1) if path[:steps] in tools), None)
    return place is None or place in shared or path == (*place, _KIND)


def _changes(before: Mapping[Location, Any], after: Mapping[Location, Any], path: Location) -> bool:
    if path not in before or path not in after:
        return (path in before) != (path in after)
    return not _equal(before[path], after[path])


def _all_equal(values: Mapping[str, Any]) -> bool:
    first, *others = values.values()
    return all(_equal(first, other) for other in others)


def _equal(one: Any, other: Any) -> bool:
    """Tell whether two values are the same; true and 1 are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return type(one) is type(other) and bool(one == other)
