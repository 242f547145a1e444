"""Which member of a union a value was meant to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stackwright.blueprint.shape import Shape, choices, fields_by_key, shape

_SCALARS: dict[type, tuple[type, ...]] = {
    bool: (bool,),
    int: (int, float),
    float: (float,),
    str: (str,),
}


def branch(place: Shape, data: Callable[[], Any]) -> Shape:
    """Return the shape at `place` with unions resolved for the data; itself when none fits."""
    while len(place.members) > 1 or place.tagged():
        value = data()
        member = place.chosen(value) if place.tagged() else best_member(place, value)
        if member is None:
            return place
        place = shape(member)
    return place


def best_member(place: Shape, data: Any) -> Any:
    """Return the one member of a union that `data` was meant to be; None when not clear."""
    scores = [(_score(shape(member), data), member) for member in place.members]
    best = max((score for score, _ in scores), default=0.0)
    winners = [member for score, member in scores if score == best]
    return winners[0] if best > 0 and len(winners) == 1 else None


def _score(place: Shape, data: Any) -> float:
    if isinstance(data, dict):
        return _mapping_score(place, data)
    if isinstance(data, list):
        return float(place.is_list)
    if data is None:
        return 0.0
    allowed = choices(place.annotation)
    if allowed:
        return float(any(type(item) is type(data) for item in allowed))
    return float(place.annotation in _SCALARS.get(type(data), ()))


def _mapping_score(place: Shape, data: dict[str, Any]) -> float:
    if place.tagged():
        return 3.0 if place.tag_key in data and not isinstance(data[place.tag_key], dict) else 0.5
    if place.model is not None:
        known = sum(key in data for key in fields_by_key(place.model))
        return 1.0 + known / (len(data) + 1)
    if place.is_mapping:
        return 2.5 if data and all(isinstance(item, dict) for item in data.values()) else 0.9
    return 0.0
