"""What is expected at a place of the blueprint, said in words."""

from __future__ import annotations

from typing import Any

from stackwright.blueprint.base import Wording
from stackwright.blueprint.shape import Shape, choices, shape
from stackwright.blueprint.shown import listed

_SIMPLE: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
}


def expected(place: Shape) -> str:
    """Return what is allowed at `place`, such as `a whole number from 1 to 10`."""
    for item in place.metadata:
        if isinstance(item, Wording):
            return item.text
    if place.tagged():
        return _tagged(place)
    if len(place.members) > 1:
        return listed(dict.fromkeys(expected(shape(member)) for member in place.members))
    allowed = choices(place.annotation)
    if allowed:
        return one_of([str(item) for item in allowed])
    return _simple(place)


def one_of(words: list[str]) -> str:
    """Return the choices as what is expected."""
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"


def limit(place: Shape, *names: str) -> Any:
    """Return the first limit with one of the `names` in the metadata; None when there is none."""
    for item in place.metadata:
        for holder in (item, *getattr(item, "metadata", ())):
            for name in names:
                value = getattr(holder, name, None)
                if value is not None:
                    return value
    return None


def _simple(place: Shape) -> str:
    name = _SIMPLE.get(place.annotation, "") if isinstance(place.annotation, type) else ""
    if place.model is not None or place.is_mapping:
        return f"a mapping{_kind(place)}"
    if place.is_list:
        return f"a list{_length(place, 'items')}"
    if place.annotation is str:
        return f"text{_length(place, 'characters')}"
    if name and place.annotation is not bool:
        return f"{name}{_range(place)}"
    return name or "another value"


def _tagged(place: Shape) -> str:
    if place.tag_key:
        return f"a mapping with {place.tag_key}: {listed(place.tagged())}"
    words = list(dict.fromkeys(expected(shape(member)) for member in place.members))
    return words[0] if words[0].startswith("a mapping") else listed(words)


def _kind(place: Shape) -> str:
    field = place.model.model_fields.get("kind") if place.model else None
    kinds = choices(shape(field.annotation).annotation) if field else ()
    return f" with kind: {listed([str(kind) for kind in kinds])}" if kinds else ""


def _range(place: Shape) -> str:
    low, high = limit(place, "ge"), limit(place, "le")
    above, below = limit(place, "gt"), limit(place, "lt")
    step = limit(place, "multiple_of")
    if low is not None and high is not None:
        words = f" from {low} to {high}"
    else:
        bounds = (
            (low, "at least"),
            (above, "above"),
            (high, "at most"),
            (below, "below"),
        )
        given = [f"{word} {value}" for value, word in bounds if value is not None]
        words = f" {' and '.join(given)}" if given else ""
    return f"{words}, a multiple of {step}," if step is not None else words


def _length(place: Shape, unit: str) -> str:
    low, high = limit(place, "min_length"), limit(place, "max_length")
    if low and high is not None:
        return f" of {low} to {high} {unit}"
    if high is not None:
        return f" of at most {high} {unit}"
    if low:
        return f" of at least {low} {unit if low > 1 else unit.removesuffix('s')}"
    return ""
