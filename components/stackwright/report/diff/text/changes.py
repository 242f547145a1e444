"""Causes and effects for a terminal: each line of the blueprint, then what it does to each tool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from stackwright.blueprint.shown import listed
from stackwright.diff.changes import Action, PropertyChange, ResourceChange
from stackwright.diff.model import BlueprintChange, Diff, EnvironmentDiff, Presence
from stackwright.report.diff.markdown.fences import property_lines, told
from stackwright.report.diff.merging import merged
from stackwright.report.diff.text.lines import Lines, clipped, heads, some, where
from stackwright.report.diff.wording import ACTION_WORDS, LONGEST_VALUE, cut, value_words
from stackwright.report.text import wrapped
from stackwright.report.words import counts_words, plural

_MOST_CAUSES = 30
_MOST_PROPERTIES = 6
"""Properties of a resource that are shown before the others are counted."""

_MOST_OUTPUTS = 6

_MOST_GROUPS = 12
"""Groups of resources of one tool that are shown before the others are counted."""

_FEW = 6
"""Resources of a tool that are named when they come or go together; of more, the types are."""

_BULK = frozenset({"kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"})
"""Types whose content comes from a chart, of which a reader is only told how many."""

_OWN = "resources of the program itself"

_WHOLE = (Action.CREATE, Action.DELETE)
"""Actions of which a reader needs no list where all of a tool sees them."""

_ORDER = (Action.REPLACE, Action.DELETE, Action.UPDATE, Action.CREATE)
"""Actions in the order in which they are shown; the others follow."""


def causes_and_effects(diff: Diff, width: int) -> list[str]:
    """Return the lines of the blueprint that differ, then the tools and what happens to them."""
    causes = [_cause(diff, cause) for cause in diff.causes]
    lines = heads("What changed in the blueprint", causes, width, _MOST_CAUSES)
    effects = list(_effects(diff, width))
    if not effects:
        return lines
    return [*lines, *([""] if lines else []), "What that does", *effects]


def outputs(diff: Diff, width: int) -> list[str]:
    """Return the exported values that differ; those of a new or removed environment are counted."""
    found = merged(diff, _lasting_outputs, lambda _, one: tuple(property_lines([one])))
    if not found:
        return []
    lines = Lines(width, "  ")
    for item, at in found[:_MOST_OUTPUTS]:
        for line in item:
            lines.add(f"{line}{where(diff, at.environments, at.alike)}", 4)
    counted = sum(len(one.outputs) for one in diff.environments)
    rest = counted - sum(len(at) for _, at in found[:_MOST_OUTPUTS])
    if rest:
        lines.add(f"and {plural('more value', rest)}")
    return ["Exported values and wiring", *lines.found]


def _lasting_outputs(environment: EnvironmentDiff) -> tuple[PropertyChange, ...]:
    return environment.outputs if environment.presence is Presence.BOTH else ()


def _cause(diff: Diff, cause: BlueprintChange) -> str:
    if cause.removed:
        what = f"removed, was {_value(cause.before)}"
    elif cause.before is None:
        what = f"new, {_value(cause.after)}"
    else:
        what = f"{_value(cause.before)} -> {_value(cause.after)}"
    reach = where(diff, cause.environments) if cause.environments else ""
    return f"{cause.file}:{cause.line} {cause.path}: {what}{reach}"


def _value(value: object) -> str:
    return cut(value_words(value), LONGEST_VALUE) or "empty"


@dataclass(frozen=True, slots=True)
class _Effect:
    """How one resource changes, apart from its name; equal ones are shown as one."""

    rank: int
    action: Action
    words: str
    """What happens to it."""
    type: str
    """Pulumi type token; empty where several come or go together."""
    lines: tuple[str, ...]
    layer: str


_Groups = dict[tuple[_Effect, str], list[str]]
"""How resources of a tool change, and where, -> their names; their types where several are one."""


def _effects(diff: Diff, width: int) -> Iterator[str]:
    titles = {name: words for one in diff.environments for name, words in one.titles.items()}
    tools: dict[str, _Groups] = {}
    for (tool, effect, name), at in merged(diff, _managed, _shown):
        mark = where(diff, at.environments, at.alike)
        tools.setdefault(tool, {}).setdefault((effect, mark), []).append(name)
    caused = [cause.tool for cause in diff.causes if cause.tool]
    worst = {name: min(effect.rank for effect, _ in groups) for name, groups in tools.items()}
    for tool in sorted(tools, key=lambda name: (worst[name], name not in caused, not name)):
        title = titles.get(tool, tool) or _OWN
        yield wrapped(clipped(f"{tool}: {title}" if tool else title), "  ", "    ", width)
        lines = Lines(width, "    ")
        _add_groups(_folded(tools[tool]), lines)
        yield from lines.found


def _managed(environment: EnvironmentDiff) -> Iterable[ResourceChange]:
    return environment.managed


def _shown(environment: EnvironmentDiff, change: ResourceChange) -> tuple[str, _Effect, str]:
    rank = _ORDER.index(change.action) if change.action in _ORDER else len(_ORDER)
    words = "may be replaced" if change.uncertain else ACTION_WORDS[change.action]
    effect = _Effect(
        rank, change.action, words, change.type, tuple(_property_lines(change)), change.layer
    )
    return change.tool, effect, change.name


def _property_lines(change: ResourceChange) -> Iterator[str]:
    """Yield what differs; of a resource that is new or gone, every input would."""
    if change.action not in (Action.UPDATE, Action.REPLACE) or change.type in _BULK:
        return
    yield from _replacement(change)
    properties = told([*change.properties, *change.options])
    yield from property_lines(properties[:_MOST_PROPERTIES])
    rest = len(properties) - _MOST_PROPERTIES
    if rest > 0:
        yield f"and {plural('more property', rest)}"
    yield from _noise((*change.properties, *change.options))


def _replacement(change: ResourceChange) -> Iterator[str]:
    found = change.replacement
    if found is None:
        return
    if found.because_of:
        yield f"replaced because {found.because_of.rpartition('::')[2]} is"
    if found.gap:
        yield found.gap


def _noise(properties: Sequence[PropertyChange]) -> Iterator[str]:
    counts = Counter(item.noise for item in properties if item.noise)
    if counts:
        words = listed((plural(what, count) for what, count in counts.most_common(3)), "and")
        yield f"and {words}"


def _folded(groups: _Groups) -> _Groups:
    """Return groups in which many resources that come or go alike are one."""
    many: Counter[tuple[_Effect, str]] = Counter()
    for (effect, places), names in groups.items():
        many[_alike(effect), places] += len(names)
    found: _Groups = {}
    for (effect, places), names in groups.items():
        alike = _alike(effect)
        folds = effect.action in _WHOLE and not effect.lines and many[alike, places] > _FEW
        found.setdefault((alike if folds else effect, places), []).extend(
            [effect.type] * len(names) if folds else names
        )
    return found


def _alike(effect: _Effect) -> _Effect:
    """Return an effect without the type: that of all types that see it."""
    return replace(effect, type="", layer="")


def _add_groups(groups: _Groups, lines: Lines) -> None:
    ordered = sorted(groups.items(), key=lambda item: item[0][0].rank)
    for (effect, places), names in ordered[:_MOST_GROUPS]:
        shown = some(effect.type, names) if effect.type else ", ".join(counts_words(Counter(names)))
        lines.add(f"{effect.words}: {shown}{places}")
        for line in effect.lines:
            lines.add(f"    {line}", 8)
    rest = sum(len(names) for _, names in ordered[_MOST_GROUPS:])
    if rest:
        lines.add(f"and {plural('more resource', rest)}")
