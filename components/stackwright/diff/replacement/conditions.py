"""Whether the case comes true in which a change of an input forces a replacement."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from stackwright.data.replacement import Condition, When
from stackwright.diff.properties.steps import steps, values_at
from stackwright.diff.replacement.subject import Subject
from stackwright.diff.shapes import at
from stackwright.plan.graph import JsonValue, origins

_VERSION = re.compile(r"\d+")


def comes_true(subject: Subject, path: str, condition: Condition) -> bool | None:
    """Tell whether a case comes true for an input of a resource; None where nobody can tell."""
    before, after = _single(subject.before, path), _single(subject.after, path)
    answers = (_applies(subject, condition), _happens(condition, before, after))
    if False in answers:
        return None if condition.otherwise_unknown else False
    return None if None in answers else True


def _single(inputs: Mapping[str, JsonValue], path: str) -> JsonValue:
    found = values_at(inputs, steps(path))
    return found[0] if found else None


def _applies(subject: Subject, condition: Condition) -> bool | None:
    """Tell whether everything besides the input itself is as the case has it."""
    if condition.unless_mutable and not subject.after.get("immutable"):
        return not _is_true(subject.provider.get(condition.unless_mutable))
    answers = [_is(subject.after, path, value) for path, value in condition.only_with.items()]
    for path, value in condition.never_with.items():
        found = _is(subject.after, path, value)
        answers.append(None if found is None else not found)
    if False in answers:
        return False
    return None if None in answers else True


def _is(inputs: Mapping[str, JsonValue], path: str, value: JsonValue) -> bool | None:
    found = at(inputs, path)
    return None if _is_unknown(found) else found == value


def _is_true(value: JsonValue) -> bool:
    """Tell whether an option of a provider is on; the SDK writes it as text."""
    return value is True or value == "true"


def _is_unknown(value: JsonValue) -> bool:
    return next(origins(value), None) is not None or (
        isinstance(value, Mapping) and "$unknown" in value
    )


def _happens(condition: Condition, before: JsonValue, after: JsonValue) -> bool | None:
    if condition.when is When.UNCLEAR:
        return None
    if condition.when is When.BECOMES:
        return _becomes(condition, before, after)
    return _HAPPENINGS[condition.when](before, after)


def _becomes(condition: Condition, before: JsonValue, after: JsonValue) -> bool | None:
    if _is_unknown(before) or _is_unknown(after):
        return None
    if condition.value is False:
        return bool(before) and not after
    started = condition.start is None or before == condition.start
    return bool(started and before != after and after == condition.value)


def _decreases(before: JsonValue, after: JsonValue) -> bool | None:
    if before is None or after is None or _is_unknown(before) or _is_unknown(after):
        return None
    old, new = _version(before), _version(after)
    return None if not old or not new else new < old[: len(new)]


def _version(value: JsonValue) -> tuple[int, ...]:
    """Return the numbers of a version; a shorter one, such as `17`, stands for all that begin so.

    A fraction of a plain number counts as the second number.
    """
    return tuple(int(part) for part in _VERSION.findall(str(value)))


def _added(before: JsonValue, after: JsonValue) -> bool:
    return not before and bool(after)


def _removed(before: JsonValue, after: JsonValue) -> bool:
    return bool(before) and not after


def _loses(before: JsonValue, after: JsonValue) -> bool | None:
    if not isinstance(before, list | tuple) or not isinstance(after, list | tuple):
        return None if before and after else bool(before)
    return any(item not in after for item in before)


_HAPPENINGS: Mapping[When, Callable[[JsonValue, JsonValue], bool | None]] = {
    When.CHANGES: lambda before, after: True,
    When.ADDED: _added,
    When.REMOVED: _removed,
    When.ADDED_OR_REMOVED: lambda before, after: bool(before) != bool(after),
    When.DECREASES: _decreases,
    When.LOSES_AN_ELEMENT: _loses,
}
