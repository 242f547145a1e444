"""What the statements of IAM policies allow, taken apart so that two sides can be compared.

A grant is the smallest part of a statement: one principal, one action and one resource, under the
statement's conditions. How statements are cut and ordered is therefore no difference. Whether one
grant contains another is judged soundly and not completely: two sides that say the same by
different wildcards may be taken for a change, a change is never taken for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stackwright.diff.access.conditions import Condition, conditions, stricter
from stackwright.diff.access.patterns import ANYTHING, contains, intersects
from stackwright.diff.shapes import mapping, mappings, texts
from stackwright.plan.graph import JsonValue


@dataclass(frozen=True, slots=True)
class Term:
    """What a pattern matches, less what others match (`NotAction` and its like)."""

    pattern: str
    excluded: frozenset[str] = frozenset()
    shown: str = field(default="", compare=False)
    """The pattern as it is written, where that differs."""

    def covers(self, other: Term) -> bool:
        """Tell whether everything in `other` is in this term."""
        return contains(self.pattern, other.pattern) and all(
            any(contains(less, hole) for less in other.excluded)
            or not intersects(hole, other.pattern)
            for hole in self.excluded
        )

    def __str__(self) -> str:
        text = self.shown or self.pattern
        return f"{text} except {', '.join(sorted(self.excluded))}" if self.excluded else text


EVERYTHING = Term(ANYTHING)


@dataclass(frozen=True, slots=True)
class Grant:
    """One principal may, or may not, do one action with one resource."""

    allows: bool
    principal: Term
    action: Term
    resource: Term
    conditions: frozenset[Condition] = frozenset()

    def covers(self, other: Grant) -> bool:
        """Tell whether every request that `other` speaks of is one that this grant speaks of."""
        return self.action.covers(other.action) and self.holds_for(other)

    def holds_for(self, other: Grant) -> bool:
        """Tell whether that is so as far as all but the action is concerned."""
        return (
            self.principal.covers(other.principal)
            and self.resource.covers(other.resource)
            and stricter(other.conditions, self.conditions)
        )


EVERYTHING_ALLOWED = Grant(
    allows=True, principal=EVERYTHING, action=EVERYTHING, resource=EVERYTHING
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a set of policies says."""

    grants: frozenset[Grant] = frozenset()
    unreadable: frozenset[str] = frozenset()
    """Policies that are known after deployment, by their text, so that equal ones are equal."""

    def __or__(self, other: Rules) -> Rules:
        return Rules(self.grants | other.grants, self.unreadable | other.unreadable)


NONE = Rules()


def rules(policy: JsonValue) -> Rules:
    """Return what a policy document says, which is JSON in a text or a mapping."""
    document = policy
    if isinstance(policy, str):
        try:
            document = json.loads(policy)
        except (ValueError, RecursionError):
            return Rules(unreadable=frozenset({policy}))
    if not isinstance(document, Mapping) or "Statement" not in document:
        return NONE if policy is None else Rules(unreadable=frozenset({_text(policy)}))
    statements = document["Statement"]
    if isinstance(statements, Mapping):
        statements = [statements]
    return Rules(frozenset(grant for one in mappings(statements) for grant in _grants(one)))


def _grants(statement: Mapping[str, JsonValue]) -> Iterator[Grant]:
    tests = conditions(statement.get("Condition"))
    for principal in _principals(statement):
        for action in _terms(statement, "Action", fold=True):
            for resource in _terms(statement, "Resource"):
                yield Grant(statement.get("Effect") == "Allow", principal, action, resource, tests)


def _terms(statement: Mapping[str, JsonValue], key: str, *, fold: bool = False) -> Iterator[Term]:
    """Yield the terms of `Action` or `Resource`, or the one of its opposite; all where absent."""
    if f"Not{key}" in statement:
        holes = frozenset(_fold(text, fold) for text in texts(statement[f"Not{key}"]))
        yield Term(ANYTHING, holes)
    elif key in statement:
        for text in texts(statement[key]):
            folded = _fold(text, fold)
            yield Term(folded, shown=text if text != folded else "")
    else:
        yield EVERYTHING


def _fold(text: str, fold: bool) -> str:
    """Return an action in lower case, as IAM does not tell cases apart; symbols have none here."""
    return text.lower() if fold and "${" not in text else text


def _principals(statement: Mapping[str, JsonValue]) -> Iterator[Term]:
    if "NotPrincipal" in statement:
        yield Term(ANYTHING, frozenset(_named(statement["NotPrincipal"])))
    elif "Principal" in statement:
        yield from (Term(name) for name in _named(statement["Principal"]))
    else:
        yield EVERYTHING


def _named(principals: JsonValue) -> Iterator[str]:
    """Yield principals as `KIND:NAME`; anyone is `*`, and an account is named by its root."""
    if isinstance(principals, str):
        yield principals
    for kind, names in mapping(principals).items():
        for name in texts(names):
            account = kind == "AWS" and name.isdigit()
            full = f"arn:aws:iam::{name}:root" if account else name
            yield ANYTHING if kind == "AWS" and name == ANYTHING else f"{kind}:{full}"


def _text(policy: JsonValue) -> str:
    return json.dumps(policy, sort_keys=True)
