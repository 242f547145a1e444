"""Which properties differ between two mappings of inputs, by path and by meaning.

Lists are compared by the keys of their elements, as sets where their order means nothing, and
else in order; JSON and YAML texts by what they say; values that are known after deployment by the
outputs that they are made from; secrets in memory alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan

from stackwright.diff.changes import PropertyChange, PropertyKind
from stackwright.diff.pairing.renames import renamed
from stackwright.diff.properties import paths
from stackwright.diff.properties.concealed import Concealed, conceal, shown
from stackwright.diff.properties.cuts import cut, cut_both
from stackwright.diff.properties.lists import matches
from stackwright.diff.properties.noise import FORMATTING, noise
from stackwright.diff.properties.texts import document
from stackwright.plan.graph import JsonValue
from stackwright.report.words import is_mark

_IN_ORDER = frozenset({"initContainers", "stages", "steps", "tasks"})
"""Lists with keys whose order has a meaning all the same: these run one after the other."""

_LITERAL = "kubernetes:"
"""Begin of the types that keep a text as it is written; AWS compares policies by meaning."""


def differences(
    type_: str,
    before: Mapping[str, JsonValue],
    after: Mapping[str, JsonValue],
    urns: Mapping[str, str],
    hidden: Sequence[str] = (),
) -> tuple[PropertyChange, ...]:
    """Return every property that differs; the keys of a mapping in alphabetical order.

    A position in a path is that in the later list; of an element that is gone, in the earlier.

    Args:
        type_: Pulumi type token of the resource.
        before: Its earlier inputs.
        after: Its later inputs.
        urns: Earlier URN -> later URN of what was moved or renamed by an alias; others may be in
            it too.
        hidden: Property paths whose values are not shown (`hideDiffs`).
    """
    if _is_identical(before, after):
        return ()
    every = before.keys() | after.keys()
    left = {key for key in every if not _is_identical(before.get(key), after.get(key))}
    left |= before.keys() ^ after.keys()
    earlier = conceal(type_, renamed(before, urns), hidden, left)
    later = conceal(type_, after, hidden, left)
    comparison = _Comparison(literal=type_.startswith(_LITERAL))
    return tuple(comparison.mappings("", earlier, later, policy=False))


def given(
    type_: str,
    inputs: Mapping[str, JsonValue],
    kind: PropertyKind,
    hidden: Sequence[str] = (),
) -> tuple[PropertyChange, ...]:
    """Return one change for each input of a resource that is new or gone.

    Args:
        type_: Pulumi type token of the resource.
        inputs: Its inputs.
        kind: `ADD` or `DELETE`.
        hidden: Property paths whose values are not shown (`hideDiffs`).
    """
    return tuple(
        _one_sided(paths.member("", key), kind, value)
        for key, value in sorted(conceal(type_, inputs, hidden).items())
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    literal: bool
    """Whether a text that only is written differently is a change too."""

    def mappings(
        self,
        path: str,
        before: Mapping[str, JsonValue],
        after: Mapping[str, JsonValue],
        *,
        policy: bool,
    ) -> Iterator[PropertyChange]:
        policy = policy or ("Statement" in before and "Statement" in after)
        for key in sorted(before.keys() | after.keys()):
            where = paths.member(path, key)
            if key not in before:
                yield _one_sided(where, PropertyKind.ADD, after[key])
            elif key not in after:
                yield _one_sided(where, PropertyKind.DELETE, before[key])
            else:
                yield from self._values(where, key, before[key], after[key], policy)

    def _values(
        self, path: str, key: str, before: JsonValue, after: JsonValue, policy: bool
    ) -> Iterator[PropertyChange]:
        if policy and isinstance(before, list) != isinstance(after, list):
            before, after = _listed(before), _listed(after)
        if _is_mapping(before) and _is_mapping(after):
            yield from self.mappings(path, before, after, policy=policy)
        elif isinstance(before, list) and isinstance(after, list):
            yield from self._lists(path, key, before, after, policy)
        elif not _same(before, after):
            yield from self._leaves(path, before, after)

    def _lists(
        self, path: str, key: str, before: list[JsonValue], after: list[JsonValue], policy: bool
    ) -> Iterator[PropertyChange]:
        positions: list[int] = []
        for match in matches(key, before, after, policy=policy):
            where = path + match.label
            if match.before is None and match.after is not None:
                yield _one_sided(where, PropertyKind.ADD, after[match.after])
            elif match.after is None and match.before is not None:
                yield _one_sided(where, PropertyKind.DELETE, before[match.before])
            elif match.before is not None and match.after is not None:
                positions.append(match.before)
                yield from self._values(where, "", before[match.before], after[match.after], policy)
        if key in _IN_ORDER and positions != sorted(positions):
            yield _updated(path, _names(before), _names(after))

    def _leaves(self, path: str, before: JsonValue, after: JsonValue) -> Iterator[PropertyChange]:
        earlier, later = _document(before), _document(after)
        if earlier is None or later is None or isinstance(earlier, list) != isinstance(later, list):
            yield _updated(path, before, after)
            return
        found = tuple(self._values(path, "", earlier, later, False))
        yield from found
        if not found and self.literal:
            yield replace(_updated(path, before, after), noise=FORMATTING)


def _is_identical(before: JsonValue, after: JsonValue) -> bool:
    """Tell at little cost that nothing differs; true equals 1, but it is written differently."""
    return before == after and repr(before) == repr(after)


def _document(value: JsonValue) -> JsonValue:
    if isinstance(value, Concealed):
        return value.document
    return document(value) if isinstance(value, str) else None


def _is_mapping(value: JsonValue) -> bool:
    return isinstance(value, Mapping) and not is_mark(value)


def _listed(value: JsonValue) -> list[JsonValue]:
    """Return a value as the list of one that a policy may write without brackets."""
    return value if isinstance(value, list) else [value]


def _same(before: JsonValue, after: JsonValue) -> bool:
    """Tell whether two values are equal; true is not 1, and what is no number is itself."""
    if isinstance(before, float) and isinstance(after, float) and isnan(before):
        return isnan(after)
    return isinstance(before, bool) == isinstance(after, bool) and bool(before == after)


def _names(elements: Sequence[JsonValue]) -> list[JsonValue]:
    return [one.get("name") if isinstance(one, Mapping) else None for one in elements]


def _one_sided(path: str, kind: PropertyKind, value: JsonValue) -> PropertyChange:
    visible = cut(shown(value))
    if kind is PropertyKind.ADD:
        return PropertyChange(path, kind, after=visible)
    return PropertyChange(path, kind, before=visible)


def _updated(path: str, before: JsonValue, after: JsonValue) -> PropertyChange:
    earlier, later = shown(before), shown(after)
    if Concealed in (type(before), type(after)) and earlier == later:
        earlier = later = {"$secret": []}
    why = noise(path, earlier, later)
    if isinstance(earlier, str) and isinstance(later, str):
        earlier, later = cut_both(earlier, later)
    else:
        earlier, later = cut(earlier), cut(later)
    return PropertyChange(path, PropertyKind.UPDATE, earlier, later, noise=why)
