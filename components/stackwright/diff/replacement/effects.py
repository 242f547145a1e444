"""What the change of a property does to its resource, by the facts about its type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from stackwright.data.replacement import Rules, rules_of, rules_of_every
from stackwright.diff.changes import Effect, Evidence, PropertyChange
from stackwright.diff.properties.steps import is_inside, steps, values_at
from stackwright.diff.replacement.clusters import KUBERNETES_PROVIDER, provider_effect
from stackwright.diff.replacement.conditions import comes_true
from stackwright.diff.replacement.newer import is_newer
from stackwright.diff.replacement.subject import Subject
from stackwright.plan.graph import JsonValue

AWS_PROVIDER = "pulumi:providers:aws"

_ACCOUNT = ("allowedAccountIds", "assumeRoles", "forbiddenAccountIds", "profile")
"""Inputs of the AWS provider that say in which account it works."""

_STACK_REFERENCE = "pulumi:pulumi:StackReference"

_WORST_FIRST = (Effect.REPLACES, Effect.UNKNOWN, Effect.IN_PLACE)

_SUREST_FIRST = (Evidence.MEASURED, Evidence.DOCUMENTED, Evidence.NONE)

Judgement: TypeAlias = tuple[Effect, Evidence]

_IGNORED: Judgement = (Effect.NONE, Evidence.DOCUMENTED)
_FORCED: Judgement = (Effect.REPLACES, Evidence.DOCUMENTED)
_KEPT: Judgement = (Effect.IN_PLACE, Evidence.DOCUMENTED)
_UNDECIDED: Judgement = (Effect.UNKNOWN, Evidence.NONE)


def with_effects(subject: Subject, changes: Iterable[PropertyChange]) -> tuple[PropertyChange, ...]:
    """Return the changes of one resource with what each of them does to it."""
    return tuple(_with_effect(subject, change) for change in changes)


def surest(found: Iterable[Evidence]) -> Evidence:
    """Return the strongest evidence; NONE when there is none."""
    return min(found, key=_SUREST_FIRST.index, default=Evidence.NONE)


def weakest(found: Iterable[Evidence]) -> Evidence:
    """Return the weakest evidence; NONE when there is none."""
    return max(found, key=_SUREST_FIRST.index, default=Evidence.NONE)


def _with_effect(subject: Subject, change: PropertyChange) -> PropertyChange:
    effect, evidence = judgement(subject, change)
    return replace(change, effect=effect, evidence=evidence)


def judgement(subject: Subject, change: PropertyChange) -> Judgement:
    """Return what a change does, by the program's options first and the type's facts then."""
    own = steps(change.path)
    if any(is_inside(own, steps(path)) for path in subject.options.ignore_changes):
        return _IGNORED
    found = _by_type(subject, change)
    if found[0] is not Effect.REPLACES and any(
        _touches(subject, path, change) for path in subject.options.replace_on_changes
    ):
        return _FORCED
    return found


def _by_type(subject: Subject, change: PropertyChange) -> Judgement:
    package = subject.type.partition(":")[0]
    if subject.type == KUBERNETES_PROVIDER:
        return provider_effect(subject.before, subject.after, steps(change.path)[0])
    if subject.type == _STACK_REFERENCE:
        return _KEPT
    if subject.type == AWS_PROVIDER:
        # Another region makes its resources others, see `cascade`; what is in another account
        # nobody can tell.
        return _UNDECIDED if steps(change.path)[0] in _ACCOUNT else _KEPT
    found = list(_by_facts(subject, change, package))
    return min(found, key=lambda one: _WORST_FIRST.index(one[0]), default=_default(subject.type))


def _by_facts(subject: Subject, change: PropertyChange, package: str) -> Iterator[Judgement]:
    """Yield what each fact that names the property says of its change.

    A block that replaces its resource says nothing of a field that it did not have.
    """
    known, every = rules_of(subject.type), rules_of_every(package)
    own = steps(change.path)
    newer = is_newer(subject.type, own)
    if known is not None and not newer:
        yield from _by_rules(subject, change, known)
    if any(_touches(subject, path, change) for path in every.replaces):
        yield _FORCED
    if any(is_inside(own, steps(path)) for path in every.in_place):
        yield Effect.IN_PLACE, Evidence.DOCUMENTED if known is None or newer else Evidence.MEASURED
    elif newer or any(is_inside(path, own) for path in subject.newer):
        yield _UNDECIDED


def _by_rules(subject: Subject, change: PropertyChange, rules: Rules) -> Iterator[Judgement]:
    for path in rules.replaces:
        if _touches(subject, path, change):
            yield Effect.REPLACES, _evidence(subject, path)
    for path, condition in rules.sometimes.items():
        answer = comes_true(subject, path, condition) if _touches(subject, path, change) else False
        if answer is None:
            yield _UNDECIDED
        elif answer:
            yield Effect.REPLACES, _of_package(subject.type)
    if any(_touches(subject, path, change) for path in rules.unknown):
        yield _UNDECIDED
    if any(is_inside(steps(change.path), steps(path)) for path in rules.in_place):
        yield _KEPT


def _touches(subject: Subject, path: str, change: PropertyChange) -> bool:
    """Tell whether a change reaches the input at `path`, from inside, exactly or from above."""
    fact, own = steps(path), steps(change.path)
    if is_inside(own, fact):
        return True
    if not is_inside(fact, own):
        return False
    whole = _is_whole(change.before) or _is_whole(change.after)
    return whole or values_at(subject.before, fact) != values_at(subject.after, fact)


def _is_whole(value: JsonValue) -> bool:
    """Tell whether nobody can look inside a value: it is known after deployment, or a secret."""
    marked = isinstance(value, dict) and ("$unknown" in value or "$secret" in value)
    return marked or isinstance(value, str)


def _evidence(subject: Subject, path: str) -> Evidence:
    """Return how sure a replacement is: providers were asked with the input set on both sides."""
    where = steps(path)
    both = values_at(subject.before, where) and values_at(subject.after, where)
    return _of_package(subject.type) if both else Evidence.DOCUMENTED


def _of_package(type_: str) -> Evidence:
    return Evidence.MEASURED if type_.startswith("aws:") else Evidence.DOCUMENTED


def _default(type_: str) -> Judgement:
    """Return what a change does that no fact names."""
    if type_.startswith("kubernetes:"):
        # The provider sends it to the API server, which may refuse it, and replaces nothing.
        return _KEPT
    return (Effect.IN_PLACE, _of_package(type_)) if rules_of(type_) else _UNDECIDED
