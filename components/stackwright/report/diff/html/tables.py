"""What caused a change and what it adds up to, as tables in HTML."""

from __future__ import annotations

from operator import attrgetter

from stackwright.diff.changes import PropertyChange, PropertyKind
from stackwright.diff.findings import AcceleratorRow
from stackwright.diff.model import BlueprintChange, Diff, MatrixRow
from stackwright.report.diff.causes import SHARED, Effects
from stackwright.report.diff.html.elements import (
    ARROW,
    badge,
    cells,
    code,
    plain,
    scope,
    steps,
    tags,
    value,
    was_now,
)
from stackwright.report.diff.merging import equal
from stackwright.report.diff.wording import counted, titles
from stackwright.report.page import items, section, table_of
from stackwright.report.words import plural

_WIRING = ".wiring."
"""What the path of an exported value has in it when projects read it."""


def causes(diff: Diff) -> str:
    """Return the lines of the blueprint that differ, each with what follows from it."""
    effects = Effects(diff)
    lines = "".join(_cause(diff, cause, effects) for cause in diff.causes)
    sentence = "The lines of the blueprint that differ, and what follows from each."
    return section(
        "causes",
        "What causes it",
        sentence,
        table_of(("Key", "Change", "Where", "What follows"), lines),
    )


def accelerators(diff: Diff) -> str:
    """Return the ledger of GPUs and quota."""
    lines = "".join(
        _accelerator(diff, row, places) for row, places in equal(diff, lambda one: one.accelerators)
    )
    head = ("Pool", "Instances", "Quota", "GPUs at most", "vCPUs at most")
    sentence = "What the pools that change need at most, before and after."
    return section("accelerators", "GPUs and quota", sentence, table_of(head, lines))


def matrix(diff: Diff) -> str:
    """Return what each environment says for the keys that change, and folded the others."""
    names = [one.environment for one in diff.environments]
    if len(names) < 2:
        return ""
    changed = _matrix([row for row in diff.matrix if row.changed], names)
    others = [row for row in diff.matrix if not row.changed]
    title = f"{plural('key', len(others))} that this change leaves different"
    folded = f'<details class="more"><summary>{title}</summary>{_matrix(others, names)}</details>'
    sentence = "Each key that changes, as it is afterwards."
    return section("matrix", "Environments compared", sentence, changed + folded * bool(others))


def outputs(diff: Diff) -> str:
    """Return the exported values that differ: the wiring, and folded what layers hand over."""
    found = [one for one in equal(diff, lambda one: one.outputs) if not one[0].noise]
    found.sort(key=lambda item: item[0].path)
    wiring = [one for one in found if _WIRING in one[0].path]
    others = [one for one in found if _WIRING not in one[0].path]
    title = f"{plural('value', len(others))} that one layer hands to the other"
    folded = f'<details class="more"><summary>{title}</summary>{_outputs(diff, others)}</details>'
    sentence = "The wiring, as far as it differs."
    content = _outputs(diff, wiring) + folded * bool(others)
    return section("outputs", "What projects read", sentence, content)


def hazards(diff: Diff) -> str:
    """Return what would go wrong while this is deployed."""
    return section("hazards", "Hazards", "While it is deployed.", _sentences(diff, "hazards"))


def warnings(diff: Diff) -> str:
    """Return what is worth a warning: by the later programs, or of what is kept for less time."""
    return section("warnings", "New warnings", "", _sentences(diff, "warnings"))


def _sentences(diff: Diff, field: str) -> str:
    lines = "".join(
        f"<li{scope(places)}>{plain(text)}{tags(diff, places)}</li>"
        for text, places in equal(diff, attrgetter(field))
    )
    return f'<ul class="plain">{lines}</ul>' * bool(lines)


def notes(diff: Diff) -> str:
    """Return what the reader should know of the comparison itself."""
    lines = items(diff.notes)
    return f'<div class="remarks" role="note">{lines}</div>' if lines else ""


def _cause(diff: Diff, cause: BlueprintChange, effects: Effects) -> str:
    names = [one.environment for one in diff.environments]
    places = tuple(names.index(name) for name in cause.environments if name in names)
    before = value(cause.before) if cause.removed or cause.before is not None else ""
    after = "" if cause.removed else value(cause.after)
    row = cells(
        steps(cause.path),
        was_now(before, after),
        f"{steps(f'{cause.file}:{cause.line}')}<div>{tags(diff, places)}</div>",
        _follows(diff, cause, effects),
    )
    return f"<tr{scope(places)}>{row}</tr>"


def _follows(diff: Diff, cause: BlueprintChange, effects: Effects) -> str:
    told = counted(effects.of(cause))
    if not cause.tool:
        whole = effects.is_whole(cause)
        return f'<span class="quiet">{f"all tools: {told}" if whole else SHARED}</span>'
    title = titles(diff).get(cause.tool, cause.tool)
    if not told:
        return f'{plain(title)}: <span class="quiet">no resource changes</span>'
    return (
        f'<a href="#resources" data-filter-tool="{plain(cause.tool)}">{plain(title)}</a>: '
        f"{plain(told)}"
    )


def _accelerator(diff: Diff, row: AcceleratorRow, places: tuple[int, ...]) -> str:
    line = cells(
        f"<b>{plain(row.pool)}</b><div>{tags(diff, places)}</div>",
        f"{code(row.instance_type)} {badge(row.market)}",
        plain(row.quota),
        _numbers(row.gpus_before, row.gpus_after),
        _numbers(row.vcpus_before, row.vcpus_after),
    )
    return f"<tr{scope(places)}>{line}</tr>"


def _numbers(before: int, after: int) -> str:
    if before == after:
        return f"{after:,}"
    return (
        f'<span class="quiet">{before:,} {ARROW}</span> <b>{after:,}</b> '
        f'<span class="quiet">({after - before:+,})</span>'
    )


def _matrix(rows: list[MatrixRow], names: list[str]) -> str:
    lines = "".join(
        f"<tr>{cells(_matrix_key(row), *(_matrix_cell(row, name) for name in names))}</tr>"
        for row in sorted(rows, key=lambda row: not row.differs)
    )
    return table_of(("Key", *names), lines)


def _matrix_key(row: MatrixRow) -> str:
    return f"{steps(row.path)} {badge('differs', 'amber')}" if row.differs else steps(row.path)


def _matrix_cell(row: MatrixRow, name: str) -> str:
    shown = value(row.values[name]) if name in row.values else '<span class="quiet">not set</span>'
    return f"{shown} {badge('changed', 'accent')}" if name in row.changed else shown


def _outputs(diff: Diff, found: list[tuple[PropertyChange, tuple[int, ...]]]) -> str:
    lines = "".join(
        f"<tr{scope(places)}>{cells(steps(change.path), _change(change), tags(diff, places))}</tr>"
        for change, places in found
    )
    return table_of(("Key", "Change", "Environments"), lines)


def _change(change: PropertyChange) -> str:
    before = "" if change.kind is PropertyKind.ADD else value(change.before)
    after = "" if change.kind is PropertyKind.DELETE else value(change.after)
    return was_now(before, after)
