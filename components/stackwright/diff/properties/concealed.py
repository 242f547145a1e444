"""What a diff never shows: secrets are compared in memory, and something else stands for them.

Inputs are concealed once, before anything is compared; what is concealed cannot come back.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from stackwright.blueprint.shown import looks_secret
from stackwright.diff.properties.secret_names import (
    Secrecy,
    decoded,
    is_harmless,
    is_named_secret,
    is_reference,
    masked,
    secrecy,
)
from stackwright.diff.properties.steps import ELEMENT, Steps, steps
from stackwright.diff.properties.texts import DEEPEST, document
from stackwright.plan.graph import JsonValue, origins
from stackwright.report.words import is_mark

_NAMES_OF_KEYS = re.compile(r"kubernetes:(generators\.)?external-secrets\.io/")
"""Types whose `secretKey` is the name of a key."""


@dataclass(frozen=True, slots=True)
class Concealed:
    """A value that is compared and never shown."""

    value: JsonValue = field(repr=False)
    shown: JsonValue = field(compare=False)
    """What stands in its place."""
    document: JsonValue = field(default=None, compare=False, repr=False)
    """What a text holds as JSON or YAML, its secrets concealed; None for any other value."""


def conceal(
    type_: str,
    inputs: Mapping[str, JsonValue],
    hidden: Sequence[str] = (),
    only: Container[str] | None = None,
) -> Mapping[str, JsonValue]:
    """Return inputs with every secret concealed.

    Args:
        type_: Pulumi type token of the resource.
        inputs: Its inputs.
        hidden: Property paths whose values the program hides (`hideDiffs`); `*` is any key, and
            one element of a list stands for all.
        only: Inputs to return; None for all.
    """
    kind = type_.rpartition(":")[2] if type_.startswith("kubernetes:") else ""
    holder = inputs if inputs.get("kind") or not kind else {**inputs, "kind": kind}
    concealing = _Concealing({"secretKey"} if _NAMES_OF_KEYS.match(type_) else set())
    found = {
        key: concealing.member(holder, key, one)
        for key, one in inputs.items()
        if only is None or key in only
    }
    for path in filter(None, map(steps, hidden)):
        found = dict(_without(found, path))
    return found


def shown(value: JsonValue) -> JsonValue:
    """Return a value with what stands for each secret in it."""
    if isinstance(value, Concealed):
        return value.shown
    if isinstance(value, Mapping):
        return {key: shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    return value


class _Concealing:
    """Copies values, secrets concealed."""

    def __init__(self, harmless: set[str]) -> None:
        self._harmless = harmless
        """Keys that are no secret, whatever they are called."""
        self._level = 0

    def member(
        self,
        holder: Mapping[str, JsonValue],
        key: str,
        value: JsonValue,
        outer: Secrecy = Secrecy.NONE,
    ) -> JsonValue:
        """Return what a mapping holds under a key; `outer` tells how secret the mapping is."""
        harmless = key in self._harmless and outer is Secrecy.NONE
        return self._value(value, Secrecy.NONE if harmless else secrecy(holder, key, outer))

    def _value(self, value: JsonValue, secret: Secrecy) -> JsonValue:
        if isinstance(value, str):
            return self._text(value, secret)
        if not isinstance(value, Mapping | list | tuple):
            plain = value is None or isinstance(value, bool)
            return value if plain or secret is Secrecy.NONE else _hidden(value)
        if isinstance(value, Mapping) and is_mark(value):
            return value
        if self._level >= DEEPEST:
            return Concealed(value, {"$secret": []})
        return self._nested(value, secret)

    def _nested(self, value: JsonValue, secret: Secrecy) -> JsonValue:
        self._level += 1
        try:
            if isinstance(value, Mapping):
                return {key: self.member(value, key, one, secret) for key, one in value.items()}
            return [
                self._value(one, max(secret, _of_argument(value, index)))
                for index, one in enumerate(value)
            ]
        finally:
            self._level -= 1

    def _text(self, text: str, secret: Secrecy) -> JsonValue:
        if secret is not Secrecy.NONE:
            shows = secret is Secrecy.NAMED and is_reference(text)
            return text if shows else _hidden(text)
        found = None if is_harmless(text) else document(text)
        if found is not None:
            inside = self._value(found, Secrecy.NONE)
            return Concealed(text, shown(inside), inside) if _has_secret(inside) else text
        return _masked(text)


def _masked(text: str) -> JsonValue:
    """Conceal what a text that holds no data says of secrets, or all of it when that is one."""
    if is_harmless(text):
        return text
    visible = masked(text)
    inside = decoded(text)
    if looks_secret(visible) or looks_secret(inside) or masked(inside) != inside:
        return _hidden(text)
    return text if visible == text else Concealed(text, visible)


def _hidden(value: JsonValue) -> Concealed:
    """Conceal a whole value: what is shown is the outputs that it is made from."""
    return Concealed(value, {"$secret": sorted(set(origins(value)))})


def _of_argument(values: Sequence[JsonValue], index: int) -> Secrecy:
    """Return how secret an argument is: the flag before it may be `--password`."""
    flag = values[index - 1] if index else None
    named = isinstance(flag, str) and flag.startswith("-") and is_named_secret(flag)
    return Secrecy.NAMED if named else Secrecy.NONE


def _has_secret(value: JsonValue) -> bool:
    if isinstance(value, Mapping):
        return any(_has_secret(one) for one in value.values())
    if isinstance(value, list):
        return any(_has_secret(one) for one in value)
    return isinstance(value, Concealed)


def _without(value: JsonValue, path: Steps) -> JsonValue:
    """Return a value with what lies at a path concealed, in every element of a list."""
    if not path:
        return _hidden(value.value if isinstance(value, Concealed) else value)
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping) and not is_mark(value):
        return {
            key: _without(one, rest) if step in ("*", key) else one for key, one in value.items()
        }
    if isinstance(value, list) and step in ("*", ELEMENT):
        return [_without(one, rest) for one in value]
    return value
