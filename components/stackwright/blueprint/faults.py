"""A fault is one Pydantic error, traced to the place in the data and the type expected there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from stackwright.blueprint.document import Location
from stackwright.blueprint.fit import best_member, branch
from stackwright.blueprint.shape import (
    Shape,
    choices,
    field_shape,
    fields_by_key,
    item_shape,
    key_shape,
    shape,
)

KEY = "[key]"
"""What Pydantic adds to a location when a key of a mapping is wrong, and not its value."""

NO_MEMBER = "stackwright_no_member"
"""Type of a fault where a value fits no member of a union."""


@dataclass(frozen=True, slots=True)
class Place:
    """A location in the data, with the type that the model gives it."""

    path: Location
    """Keys as the user writes them, without the tags that Pydantic adds."""
    shape: Shape
    value: Any
    """What stands there; None when nothing does."""
    field: FieldInfo | None = None
    """The model's field, when the place is one."""
    known: tuple[str, ...] = ()
    """Keys of the model that the last key of the path belongs to."""
    of_key: bool = False
    """True when the key itself is meant."""
    union: bool = False
    """True when the location goes on inside a union without tags."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One Pydantic error at a place."""

    type: str
    place: Place
    context: Mapping[str, Any]
    text: str
    """Pydantic's own message."""


def faults(error: ValidationError, root: Place) -> Iterator[Fault]:
    """Yield every fault of `error`, which came from validating `root`.

    A union without tags is judged by the member that was meant.
    """
    unions = set()
    for item in error.errors(include_url=False, include_input=False):
        place = trace(root, item["loc"])
        if not place.union:
            yield Fault(item["type"], place, item.get("ctx", {}), item["msg"])
        elif place.path not in unions:
            unions.add(place.path)
            yield from _union_faults(place)


def trace(place: Place, location: Location) -> Place:
    """Return where `location`, as Pydantic gives it, leads from `place`."""
    while location:
        whole = place.shape
        if whole.tagged():
            member = whole.chosen(place.value)
            if member is None:
                return place
            place, location = _inside(place, member), location[1:]
        elif len(whole.members) > 1:
            return Place(place.path, whole, place.value, place.field, union=True)
        elif location[1:2] == (KEY,):
            key = location[0]
            return Place((*place.path, key), key_shape(whole), key, of_key=True)
        else:
            place, location = step(place, location[0]), location[1:]
    return place


def step(place: Place, key: str | int) -> Place:
    """Return the place under one key or list position."""
    path, value = (*place.path, key), _child(place.value, key)
    if place.shape.model is None:
        return Place(path, item_shape(place.shape, key), value)
    fields = fields_by_key(place.shape.model)
    field = fields.get(str(key))
    inner = field_shape(field) if field is not None else shape(Any)
    return Place(path, inner, value, field, tuple(fields))


def descend(place: Place, path: Location) -> Place:
    """Return the place at a path of the data, with unions resolved on the way."""
    for key in path:
        value = place.value
        resolved = branch(place.shape, lambda value=value: value)  # type: ignore[misc]
        place = step(Place(place.path, resolved, value), key)
    return place


def _inside(place: Place, member: Any) -> Place:
    return Place(place.path, shape(member), place.value, place.field, place.known)


def _child(data: Any, key: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(key)
    inside = isinstance(data, list) and isinstance(key, int) and key < len(data)
    return data[key] if inside else None


def _union_faults(place: Place) -> Iterator[Fault]:
    member = best_member(place.shape, place.value)
    # One list of choices among other members says less than all that is allowed.
    if member is not None and not choices(shape(member).annotation):
        found = list(_member_faults(place, member))
        if found:
            yield from found
            return
    whole = Place(place.path, place.shape, place.value, place.field)
    yield Fault(NO_MEMBER, whole, {}, "")


def _member_faults(place: Place, member: Any) -> Iterator[Fault]:
    inner = Annotated[member, *(place.shape.metadata or (None,))]
    adapter: TypeAdapter[Any] = TypeAdapter(inner)
    try:
        adapter.validate_json(json.dumps(place.value), strict=True)
    except ValidationError as error:
        yield from faults(error, Place(place.path, shape(inner), place.value))
