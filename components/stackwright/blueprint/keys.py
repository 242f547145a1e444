"""A key of the blueprint: its meaning, type, default, allowed values and an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stackwright.blueprint.expected import expected, limit, one_of
from stackwright.blueprint.meanings import described, member_meanings, one_line
from stackwright.blueprint.model import blueprint_model
from stackwright.blueprint.shape import (
    Shape,
    choices,
    field_shape,
    fields_by_key,
    item_shape,
    shape,
)
from stackwright.tool import ReleaseSettings, ToolSettings

NAME = "<name>"
"""Stands in a key path for a name that the user chooses."""

_UNITS = {
    "_days": "days",
    "_gib": "GiB",
    "_hours": "hours",
    "_mib": "MiB",
    "_minutes": "minutes",
    "_percent": "percent",
    "_seconds": "seconds",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key, as it is explained."""

    path: tuple[str, ...]
    """Keys from the root; `NAME` stands for a name that the user chooses."""
    kinds: tuple[str, ...]
    """What the mappings around it must be, such as `("mlflow",)`; empty when it is everywhere."""
    meaning: str
    type: str
    """What is allowed, in words."""
    required: bool
    unit: str = ""
    """Unit of a number, such as `days`; empty when it counts or is none."""
    pattern: str = ""
    """Regular expression that a text matches; empty when it may be any."""
    default: Any = None
    """Plain data; None when there is none."""
    profiles: Mapping[str, Any] = field(default_factory=dict)
    """Defaults that differ by profile."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Allowed values with their meaning, when they can be listed."""
    example: Any = None
    example_only: bool = False
    """True when `example` must be replaced before anything is deployed."""

    @property
    def dotted(self) -> str:
        """The key path as text."""
        return ".".join(self.path)


@cache
def keys() -> tuple[Key, ...]:
    """Return every key of the blueprint, each below the one that it belongs to."""
    return tuple(_of_model(blueprint_model(), (), ()))


def differing() -> tuple[Key, ...]:
    """Return the keys whose default differs by profile."""
    return tuple(key for key in keys() if key.profiles)


def plain(value: Any) -> Any:
    """Return a value of a model as plain data."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def _of_model(model: type[BaseModel], at: tuple[str, ...], kinds: tuple[str, ...]) -> Iterator[Key]:
    profiles = model.profiles if issubclass(model, ToolSettings) else {}
    described(model)
    for name, info in fields_by_key(model).items():
        place = field_shape(info)
        below = list(_inside(place, (*at, name), kinds))
        key = _key(name, info, place, at, kinds, profiles, below)
        if name == "version" and issubclass(model, ReleaseSettings):
            key = replace(key, example=model.verified_versions[0])
        yield key
        yield from below


def _inside(place: Shape, at: tuple[str, ...], kinds: tuple[str, ...]) -> Iterator[Key]:
    if place.model is not None:
        yield from _of_model(place.model, at, kinds)
    elif place.tag_key:
        yield from _of_members(place.tag_key, place.tagged(), at, kinds)
    elif place.tagged():
        yield from _of_tools(shape(place.tagged()["one"]), at, kinds)
    elif len(place.members) > 1:
        for member in place.members:
            yield from _inside(shape(member), at, kinds)
    elif place.is_mapping:
        yield from _inside(item_shape(place, ""), (*at, NAME), kinds)
    elif place.is_list:
        yield from _inside(item_shape(place, 0), at, kinds)


def _of_tools(one: Shape, at: tuple[str, ...], kinds: tuple[str, ...]) -> Iterator[Key]:
    """Yield the keys of a capability; its only tool is named as if there were several."""
    model = one.model
    if model is not None and issubclass(model, ToolSettings):
        yield from _of_members("kind", {model.kind_name(): model}, at, kinds)
    else:
        yield from _inside(one, at, kinds)


def _of_members(
    tag_key: str, members: Mapping[str, Any], at: tuple[str, ...], kinds: tuple[str, ...]
) -> Iterator[Key]:
    """Yield the key that tells the members apart, then the keys of each."""
    models = {tag: model for tag, member in members.items() if (model := shape(member).model)}
    meanings = {tag: one_line(model.__doc__) for tag, model in models.items()}
    yield Key(
        path=(*at, tag_key),
        kinds=kinds,
        meaning="What it is; the keys beside it follow from that.",
        type=one_of(list(meanings)),
        required=True,
        choices=meanings,
        example=next(iter(meanings)),
    )
    for tag, model in models.items():
        found = _of_model(model, at, (*kinds, tag))
        yield from (key for key in found if key.path != (*at, tag_key))


def _key(
    name: str,
    info: FieldInfo,
    place: Shape,
    at: tuple[str, ...],
    kinds: tuple[str, ...],
    profiles: Mapping[str, Mapping[str, Any]],
    below: list[Key],
) -> Key:
    extra = info.json_schema_extra
    default = None if info.is_required() else plain(info.get_default(call_default_factory=True))
    key = Key(
        path=(*at, name),
        kinds=kinds,
        meaning=one_line(info.description),
        type=_type(place),
        pattern=str(limit(place, "pattern") or ""),
        unit=next((unit for end, unit in _UNITS.items() if name.endswith(end)), ""),
        required=info.is_required(),
        default=default,
        profiles={profile: values[name] for profile, values in profiles.items() if name in values},
        choices=_choices(place),
        example=None,
        example_only=bool(isinstance(extra, dict) and extra.get("x-example-only")),
    )
    return replace(key, example=_example(key, info, place, below))


def _type(place: Shape) -> str:
    words = expected(place).rstrip(",")
    if place.tagged() and not place.tag_key:
        return f"{words}, or several such mappings, each under a name of its own"
    inner = item_shape(place, 0) if place.is_list else None
    return f"{words}, each {expected(inner).rstrip(',')}" if inner else words


def _choices(place: Shape) -> dict[str, str]:
    if place.tagged():
        members = {tag: shape(member).model for tag, member in place.tagged().items()}
        return (
            {tag: one_line(m.__doc__) for tag, m in members.items() if m} if place.tag_key else {}
        )
    inner = item_shape(place, 0) if place.is_list else place
    words = [_word(value) for value in choices(inner.annotation)]
    is_enum = isinstance(inner.annotation, type) and issubclass(inner.annotation, Enum)
    meanings = member_meanings(inner.annotation) if is_enum else {}
    return {word: meanings.get(word, "") for word in words}


def _example(key: Key, info: FieldInfo, place: Shape, below: list[Key]) -> Any:
    if info.examples:
        return plain(info.examples[0])
    if place.annotation is bool:
        return not key.default
    if choices(place.annotation):
        return plain(choices(place.annotation)[-1])
    if key.default not in (None, "", [], {}):
        return key.default
    return (
        limit(place, "ge") or 1 if place.annotation in (int, float) else _inner(key, place, below)
    )


def _inner(key: Key, place: Shape, below: list[Key]) -> Any:
    inside = {child.path[-1]: child.example for child in below if _starts(key, child, below)}
    if not inside:
        return key.default
    return [inside] if place.is_list else inside


def _starts(key: Key, child: Key, below: list[Key]) -> bool:
    """Tell whether a key stands in the shortest example of the mapping that it is in."""
    direct = len(child.path) == len(key.path) + 1 and NAME not in child.path[len(key.path) :]
    first = next((k.kinds for k in below if len(k.kinds) > len(key.kinds)), key.kinds)
    return direct and child.kinds in (key.kinds, first) and (child.required or child is below[0])


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
