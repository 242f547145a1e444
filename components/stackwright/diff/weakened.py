"""Changes after which less is kept, or less holds what is there: told, as no resource is lost.

What runs stays as it is, so that nothing else shows them: backups that are deleted at once, a
protection that is switched off, a standby that is given up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Action, PropertyChange, ResourceChange
from stackwright.diff.keeping import RULES, Rule
from stackwright.diff.properties.steps import ELEMENT, Steps, is_inside, steps, values_at
from stackwright.plan.graph import JsonValue, origins
from stackwright.report.words import clean, plural, type_words

_STAYING = (Action.UPDATE, Action.REPLACE, Action.MOVE, Action.RENAME)

_KEEPERS = frozenset(
    {
        "aws:efs/backupPolicy:BackupPolicy",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "aws:s3/bucketVersioning:BucketVersioning",
        "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
    }
)
"""Types that do nothing but keep the data of another resource."""

_MOST_NAMED = 5
"""Resources that are named; more are counted."""


@dataclass(frozen=True, slots=True)
class _Weaker:
    """What is weaker, apart from the name of its resource."""

    type: str
    step: str
    means: str


def weakened(changes: Sequence[ResourceChange]) -> Iterator[str]:
    """Yield a sentence for each change that keeps less; resources that change alike share one.

    Args:
        changes: What changes, with replacements judged.
    """
    found: dict[_Weaker, list[str]] = {}
    for change in changes:
        for one in _weaker(change) if change.custom and change.action in _STAYING else ():
            found.setdefault(one, []).append(clean(change.name))
        if _leaves_data_alone(change, changes):
            gone = _Weaker(change.type, "it goes", "What it kept safe stays, without it.")
            found.setdefault(gone, []).append(clean(change.name))
    for one, names in found.items():
        yield f"{_resources(one.type, sorted(names))}: {one.step}. {one.means}"


def _leaves_data_alone(change: ResourceChange, changes: Iterable[ResourceChange]) -> bool:
    """Tell whether what keeps data goes alone, and not together with the data."""
    if change.type not in _KEEPERS or change.action is not Action.DELETE:
        return False
    own = {origin.partition("#")[0] for one in change.properties for origin in origins(one.before)}
    return not any(
        other.action is Action.DELETE
        and other.loses
        and (other.urn in own if own else other.tool == change.tool)
        for other in changes
    )


def _weaker(change: ResourceChange) -> Iterator[_Weaker]:
    for one in change.properties:
        for rule in RULES:
            if rule.is_of(change.type):
                yield from _judged(change.type, rule, one)
    for one in change.options:
        if one.path == "protect" and one.before is True and one.after is not True:
            means = "Pulumi deletes or replaces it from then on, if the program says so."
            yield _Weaker(change.type, "protect is lifted", means)


def _judged(type_: str, rule: Rule, one: PropertyChange) -> Iterator[_Weaker]:
    rest = _rest(rule, steps(one.path))
    if rest is None:
        return
    before, after = values_at(one.before, rest), values_at(one.after, rest)
    earlier, later = _least(rule, before), _least(rule, after)
    if earlier is not None and later is not None and later < earlier:
        path = ".".join([clean(one.path), *(step for step in rest if step != ELEMENT)])
        step = f"{path} from {_shown(before)} to {_shown(after)}"
        yield _Weaker(type_, step, rule.means)


def _rest(rule: Rule, own: Steps) -> Steps | None:
    """Return where the value is inside what changes; None if the rule is of something else."""
    path = steps(rule.path)
    if rule.anywhere_below:
        return () if is_inside(own, (rule.anywhere_below,)) and own[-1:] == path else None
    return path[len(own) :] if is_inside(path, own) else None


def _least(rule: Rule, values: list[JsonValue]) -> float | None:
    """Return the weakest of the values; None when one cannot be measured."""
    if not values:
        return rule.unset
    measured = [rule.measure(value) for value in values]
    known = [value for value in measured if value is not None]
    return min(known) if len(known) == len(measured) else None


def _shown(values: list[JsonValue]) -> str:
    if not values:
        return "unset"
    return listed(
        (clean(one if isinstance(one, str) else json.dumps(one)) for one in values), "and"
    )


def _resources(type_: str, names: list[str]) -> str:
    words = type_words(type_)
    if len(names) == 1:
        return f"{words} {names[0]}"
    count = plural(words, len(names))
    return count if len(names) > _MOST_NAMED else f"{count} ({listed(names, 'and')})"
