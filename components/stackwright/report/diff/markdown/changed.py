"""Every changed resource, by the tool that it belongs to; what is the same is said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from stackwright.diff.changes import Action, PropertyChange, ResourceChange
from stackwright.diff.model import Diff, EnvironmentDiff, Risk
from stackwright.report.diff.markdown.fences import (
    MOST_LINES,
    fence,
    follows,
    noise,
    property_lines,
    shortened,
    told,
)
from stackwright.report.diff.merging import Where, merged
from stackwright.report.diff.sections import Block, Section
from stackwright.report.diff.wording import (
    ACTION_WORDS,
    counted,
    joined,
    named,
    names,
    said,
    titled,
    titles,
)
from stackwright.report.words import plural, type_words
from stackwright.urns import name_of

OWN = "the program's own resources"

_BULK = frozenset({"kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"})
"""Types whose content comes from a chart: a reviewer cannot judge it line by line."""

_BULK_LINES = 60
"""Properties beyond which a change is a line and no list, such as a dashboard's."""

_ORDER = (
    Action.REPLACE,
    Action.DELETE,
    Action.UPDATE,
    Action.CREATE,
    Action.FORGET,
    Action.RENAME,
    Action.MOVE,
    Action.IMPORT,
    Action.READ,
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a change is shown, apart from its name and where it is; equal ones are one block."""

    quiet: bool
    """Whether it has nothing to show but noise."""
    place: int
    action: Action
    type: str
    marks: str
    body: str
    noise: str


def changed(diff: Diff) -> Iterator[Section]:
    """Yield a folded section for each tool, with every resource of it that changes."""
    words, risks = titles(diff), _risks(diff)
    by_tool: dict[str, dict[tuple[_Shown, Where], list[str]]] = {}
    for (tool, shown, name), where in merged(diff, visible, _show):
        by_tool.setdefault(tool, {}).setdefault((shown, where), []).append(name)
    for tool, groups in by_tool.items():
        ordered = sorted(groups.items(), key=lambda item: (item[0][0].quiet, item[0][0].place))
        yield Section(
            tuple(
                Block(_block(shown, found, where), len(found) * len(where))
                for (shown, where), found in ordered
            ),
            title=_title(tool, words, groups),
            risk=risks[tool],
            folded=True,
        )


def outputs(diff: Diff) -> Section:
    """Return the exported values that differ."""
    found = merged(diff, lambda one: one.outputs, lambda _, one: tuple(property_lines([one])))
    by_place: dict[Where, list[tuple[str, ...]]] = {}
    for lines, where in found:
        by_place.setdefault(where, []).append(lines)
    return Section(
        tuple(
            _output_block(changes[start : start + MOST_LINES], where)
            for where, changes in by_place.items()
            for start in range(0, len(changes), MOST_LINES)
        ),
        title=f"<b>Exported values and wiring</b>: {plural('value', len(found))}",
        risk=Risk.ROUTINE,
        folded=True,
        unit="exported value",
    )


def _output_block(changes: list[tuple[str, ...]], where: Where) -> Block:
    words, lines = str(where), fence(line for change in changes for line in change)
    return Block(joined(words[:1].upper() + words[1:], lines), len(changes))


def visible(environment: EnvironmentDiff) -> Iterator[ResourceChange]:
    """Yield what is worth a line: what is managed, providers, and what an alias moves."""
    for change in environment.changes:
        if change.custom or change.action in (Action.MOVE, Action.RENAME):
            yield change


def _show(_: EnvironmentDiff, change: ResourceChange) -> tuple[str, _Shown, str]:
    body, hidden = _body(change)
    quiet = change.action is Action.UPDATE and not body and bool(hidden)
    shown = _Shown(
        quiet=quiet,
        place=_ORDER.index(change.action),
        action=change.action,
        type=change.type,
        marks=", ".join(_marks(change)),
        body=body,
        noise=hidden,
    )
    return change.tool, shown, change.name


def _body(change: ResourceChange) -> tuple[str, str]:
    """Return what differs as Markdown, and in words what of it is only counted."""
    if change.action in (Action.CREATE, Action.DELETE, Action.FORGET):
        return "", ""
    count = len(told(change.properties))
    if change.type in _BULK or count > _BULK_LINES:
        return "", plural("property", count)
    shown = [one for one in change.properties if not (_is_link(change) and follows(one))]
    lines = shortened((*shown, *_options(change)))
    hidden = [plural("more property", lines[1])] if lines[1] else []
    counted_noise = noise(change.properties)
    return lines[0], " and ".join([*hidden, *([counted_noise] if counted_noise else [])])


def _is_link(change: ResourceChange) -> bool:
    """Tell whether it is replaced only as another one is: the chain names its root."""
    return change.replacement is not None and bool(change.replacement.because_of)


def _options(change: ResourceChange) -> Iterator[PropertyChange]:
    for option in change.options:
        yield replace(option, path=f"option {option.path}")


def _marks(change: ResourceChange) -> Iterator[str]:
    if change.replacement is not None:
        yield change.replacement.order.replace("-", " ")
        if _is_link(change):
            yield "in a chain"
    if change.loses:
        yield f"stateful: {said(change.loses)}"
    if change.protected:
        yield "protected"
    if change.uncertain:
        yield "may be replaced"
    if change.before_urn:
        yield f"was {named(name_of(change.before_urn))}"


def _block(shown: _Shown, found: list[str], where: Where) -> str:
    words = type_words(shown.type)
    what = said(words) if len(found) == 1 else said(plural(words, len(found)))
    marks = f" ({shown.marks})" if shown.marks else ""
    each = " each" if len(found) > 1 else ""
    hidden = f"; not shown: {shown.noise}{each}" if shown.noise else ""
    line = (
        f"**{ACTION_WORDS[shown.action].capitalize()}** {what} {names(found)} "
        f"{where}{marks}{hidden}"
    )
    return f"{line}\n\n{shown.body}" if shown.body else line


def _title(
    tool: str,
    words: Mapping[str, str],
    groups: Mapping[tuple[_Shown, Where], list[str]],
) -> str:
    counts: Counter[Action] = Counter()
    for (shown, where), found in groups.items():
        counts[shown.action] += len(found) * len(where)
    title = words.get(tool, "") or tool or OWN
    instance = f" {titled(tool)}" if tool else ""
    told_counts = counted({one: counts[one] for one in _ORDER if counts[one]})
    return f"<b>{said(title[:1].upper() + title[1:])}</b>{instance}: {told_counts}"


def _risks(diff: Diff) -> dict[str, Risk]:
    """Return the worst that happens to a resource of each tool."""
    order = list(Risk)
    found: dict[str, Risk] = {}
    for _, change in diff.changes():
        known = found.get(change.tool, Risk.ROUTINE)
        found[change.tool] = min(known, _risk(change), key=order.index)
    return found


def _risk(change: ResourceChange) -> Risk:
    if change.ends and change.loses:
        return Risk.DATA_LOSS
    if change.action is Action.REPLACE:
        return Risk.REPLACEMENT
    return Risk.UNCERTAIN if change.uncertain else Risk.ROUTINE
