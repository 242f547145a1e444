"""Conditions of a policy statement, and which of them is the stricter."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stackwright.blueprint.shown import listed
from stackwright.diff.access.patterns import contains, is_wild
from stackwright.diff.shapes import mapping, sequence
from stackwright.plan.graph import JsonValue
from stackwright.report.words import readable

_IF_EXISTS = "ifexists"

_LIKE = frozenset({"stringlike", "arnlike", "arnequals"})
"""Operators whose values are patterns."""

_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotlike": "stringlike",
    "arnnotlike": "arnlike",
    "arnnotequals": "arnequals",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}
"""Operator -> the one that it is the opposite of."""

_WORDS = {
    "arnequals": "is like",
    "arnlike": "is like",
    "arnnotequals": "is not like",
    "arnnotlike": "is not like",
    "bool": "is",
    "ipaddress": "is in",
    "notipaddress": "is not in",
    "stringequals": "is",
    "stringlike": "is like",
    "stringnotequals": "is not",
    "stringnotlike": "is not like",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement: a key against values, any of which will do."""

    operator: str
    """In lower case, with what it begins with, such as `forallvalues:`."""
    key: str
    """In lower case, as IAM does not tell cases apart."""
    values: frozenset[str]
    name: str = field(default="", compare=False)
    """The key as it is written."""

    @property
    def base(self) -> str:
        """The operator without what it begins and ends with."""
        return self.operator.removesuffix(_IF_EXISTS).rpartition(":")[2]

    def implies(self, other: Condition) -> bool:
        """Tell whether every request that passes this test passes the other too."""
        if self.key != other.key or not _comparable(self.operator, other.operator):
            return False
        if self.base in _NEGATED:
            opposite = _NEGATED[self.base]
            return all(_within(value, "", self.values, opposite) for value in other.values)
        return all(_within(value, self.base, other.values, other.base) for value in self.values)

    def words(self) -> str:
        """Return the test as people say it, such as `sub is like repo:acme/*`."""
        issuer, _, rest = self.name.rpartition(":")
        name = rest if "." in issuer else self.name
        values = listed(sorted(readable(value) for value in self.values))
        return f"{name} {_WORDS.get(self.base, self.base)} {values}"


def conditions(value: JsonValue) -> frozenset[Condition]:
    """Return the tests of a statement's `Condition`."""
    return frozenset(
        Condition(operator.lower(), key.lower(), frozenset(_texts(values)), key)
        for operator, tests in mapping(value).items()
        for key, values in mapping(tests).items()
    )


def stricter(narrow: Iterable[Condition], wide: Iterable[Condition]) -> bool:
    """Tell whether what passes all of `narrow` passes all of `wide`."""
    tests = tuple(narrow)
    return all(any(test.implies(other) for test in tests) for other in wide)


def _texts(values: JsonValue) -> Iterator[str]:
    for value in sequence(values):
        yield str(value).lower() if isinstance(value, bool) else str(value)


def _comparable(narrow: str, wide: str) -> bool:
    """Tell whether passing `narrow` can say anything of passing `wide`, both with the same key."""
    if narrow.endswith(_IF_EXISTS) and not wide.endswith(_IF_EXISTS):
        return False
    bases = {narrow.removesuffix(_IF_EXISTS), wide.removesuffix(_IF_EXISTS)}
    return len(bases) == 1 or bases <= {"stringequals", *_LIKE}


def _within(value: str, operator: str, outer: Iterable[str], outer_operator: str) -> bool:
    """Tell whether what `value` stands for lies within one of the values of `outer`."""
    return any(_holds(value, operator, other, outer_operator) for other in outer)


def _holds(value: str, operator: str, outer: str, outer_operator: str) -> bool:
    if outer_operator in _LIKE:
        return contains(outer, value)
    if outer_operator == "ipaddress":
        return _address_within(value, outer)
    return value == outer and not (operator in _LIKE and is_wild(value))


def _address_within(narrow: str, wide: str) -> bool:
    try:
        inner, outer = (ipaddress.ip_network(text, strict=False) for text in (narrow, wide))
    except ValueError:
        return narrow == wide
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]
