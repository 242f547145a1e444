"""What a fault means, in a sentence for the person who wrote the blueprint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from stackwright.blueprint.expected import expected, limit, one_of
from stackwright.blueprint.faults import NO_MEMBER, Fault, Place
from stackwright.blueprint.scalars import resolve
from stackwright.blueprint.shape import choices
from stackwright.blueprint.shown import (
    REDACTED,
    escaped,
    example,
    nearest,
    shown,
    shown_source,
    unexpected_character,
)


class Message(NamedTuple):
    """What is wrong, and the next step."""

    text: str
    hint: str = ""


def message(fault: Fault, source: str = "") -> Message:
    """Return what `fault` means; `source` is the unquoted scalar as it was typed."""
    describe = _MESSAGES.get(fault.type)
    if describe is _choice and _is_other_type(fault.place):
        return _wrong_type(fault.place, source)
    if describe is not None:
        return describe(fault)
    if fault.type.endswith("_type") or fault.type == "int_from_float":
        return _wrong_type(fault.place, source)
    return _other(fault)


def _seen(place: Place) -> str:
    path = place.path[:-1] if place.of_key else place.path
    return shown(place.value, path)


def _expects(place: Place) -> str:
    return f"{expected(place.shape)} is expected."


def _wrong_type(place: Place, source: str) -> Message:
    value = place.value
    if value is None:
        return Message(f"a value is missing; {_expects(place)}", _for_example(place))
    if isinstance(value, (dict, list)):
        return Message(f"{_seen(place)} is written; {_expects(place)}")
    seen = _seen(place)
    if source and seen != REDACTED and not isinstance(value, str):
        seen = shown_source(source)
    return Message(f"{seen} is {_kind(value)}; {_expects(place)}", _about_quotes(place, seen))


def _about_quotes(place: Place, seen: str) -> str:
    wanted, value = place.shape.annotation, place.value
    if wanted is str or seen in choices(wanted):
        return "Quote it." if seen == REDACTED else f'Quote it: "{seen}".'
    if not isinstance(value, str):
        return ""
    scalar = resolve(value)
    unquoted = () if scalar.ambiguous or scalar.refused else _TAKES.get(wanted, ())
    return "Remove the quotes." if type(scalar.value) in unquoted else ""


_TAKES: dict[Any, tuple[type, ...]] = {bool: (bool,), int: (int,), float: (int, float)}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, str):
        return "text"
    return "a whole number" if isinstance(value, int) else "a number"


def _compared(words: str, name: str) -> Callable[[Fault], Message]:
    def describe(fault: Fault) -> Message:
        bound = fault.context[name]
        return Message(f"{_seen(fault.place)} is {words} {bound}; {_expects(fault.place)}")

    return describe


def _text_length(fault: Fault) -> Message:
    place = fault.place
    count = len(place.value) if isinstance(place.value, str) else 0
    if fault.type == "string_too_long":
        over = count - fault.context["max_length"]
        words = f"{count} characters, {over} over the limit of {fault.context['max_length']}"
    else:
        words = f"{count} characters, below the limit of {fault.context['min_length']}"
    return Message(f"{_seen(place)} has {words}; {_expects(place)}")


def _item_count(fault: Fault) -> Message:
    place, count = fault.place, len(fault.place.value or ())
    least, most = fault.context.get("min_length"), fault.context.get("max_length")
    item = "key" if isinstance(place.value, dict) else "item"
    given = f"{count} {item} is given" if count == 1 else f"{count} {item}s are given"
    if fault.type == "too_short":
        return Message(f"{given}; at least {least} must be.", _for_example(place))
    return Message(f"{given}; at most {most} may be.")


def _pattern(fault: Fault) -> Message:
    place = fault.place
    plain = expected(place.shape)
    if limit(place.shape, "text") is not None:
        hint = "" if _seen(place) == REDACTED else unexpected_character(place.value)
        return Message(f"{_seen(place)} does not fit; {plain} is expected.", hint)
    hint = _for_example(place)
    if not hint:
        hint = f"The pattern is {fault.context['pattern']}"
    return Message(f"{_seen(place)} does not have the form that is allowed here.", hint)


def _is_other_type(place: Place) -> bool:
    """Return whether a scalar is no text where the choices are, or the other way round."""
    scalar = isinstance(place.value, (str, bool, int, float))
    types = {type(item) for item in choices(place.shape.annotation)}
    return scalar and type(place.value) not in types


def _choice(fault: Fault) -> Message:
    place = fault.place
    allowed = [str(item) for item in choices(place.shape.annotation)]
    if place.value is None:
        return Message(f"a value is missing; {one_of(allowed)} is expected.")
    text = f"{_seen(place)} is not allowed here; {one_of(allowed)} is expected."
    return Message(text, nearest(place.value, allowed))


def _unknown_key(fault: Fault) -> Message:
    place = fault.place
    known = ", ".join(place.known) or "none"
    key = place.path[-1]
    return Message(f"there is no such key; known keys are: {known}.", nearest(key, place.known))


def _missing(fault: Fault) -> Message:
    return Message(f"this key is missing; {_expects(fault.place)}", _for_example(fault.place))


def _for_example(place: Place) -> str:
    values = place.field.examples if place.field is not None else None
    if not values or not place.path:
        return ""
    return f"For example: {place.path[-1]}: {example(values[0])}"


def _unknown_tag(fault: Fault) -> Message:
    place = fault.place
    tags = list(place.shape.tagged())
    key = place.shape.tag_key
    if not isinstance(place.value, dict) or place.value.get(key) is None:
        return Message(f"this key is missing; {one_of(tags)} is expected.")
    tag = place.value[key]
    if isinstance(tag, (dict, list)):
        return Message(f"{shown(tag)} is written; {one_of(tags)} is expected.")
    text = f"{shown(tag, (*place.path, key))} is not known; {one_of(tags)} is expected."
    return Message(text, nearest(tag, tags))


def _own_text(fault: Fault) -> Message:
    place, text = fault.place, escaped(str(fault.context.get("error", fault.text)))
    if isinstance(place.value, str) and _seen(place) == REDACTED and place.value in text:
        return _no_member(fault)
    return Message(text if text.endswith((".", "!", "?")) else f"{text}.")


def _no_member(fault: Fault) -> Message:
    place = fault.place
    if place.value is None:
        return Message(f"a value is missing; {_expects(place)}")
    return Message(f"{_seen(place)} does not fit; {_expects(place)}")


def _not_multiple(fault: Fault) -> Message:
    step = fault.context["multiple_of"]
    return Message(f"{_seen(fault.place)} is not a multiple of {step}; {_expects(fault.place)}")


def _other(fault: Fault) -> Message:
    reason = fault.context.get("error")
    if fault.text.startswith("Input ") and reason is None:
        return Message(f"{_seen(fault.place)} does not fit; {_expects(fault.place)}")
    if fault.text.startswith(("Input ", "URL ")):
        return Message(f"{_seen(fault.place)} does not fit: {reason or fault.text}.")
    return Message(fault.text)


_MESSAGES: dict[str, Callable[[Fault], Message]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "union_tag_invalid": _unknown_tag,
    "union_tag_not_found": _unknown_tag,
    "greater_than": _compared("not above", "gt"),
    "greater_than_equal": _compared("below", "ge"),
    "less_than": _compared("not below", "lt"),
    "less_than_equal": _compared("above", "le"),
    "multiple_of": _not_multiple,
    "string_too_short": _text_length,
    "string_too_long": _text_length,
    "string_pattern_mismatch": _pattern,
    "too_short": _item_count,
    "too_long": _item_count,
    "enum": _choice,
    "literal_error": _choice,
    "value_error": _own_text,
    "assertion_error": _own_text,
    NO_MEMBER: _no_member,
}
