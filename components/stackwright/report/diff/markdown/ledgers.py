"""Tables over all environments: accelerators with their quotas, and keys of the blueprint."""

from __future__ import annotations

from collections.abc import Iterator

from stackwright.diff.findings import AcceleratorRow
from stackwright.diff.model import Diff, MatrixRow, Risk
from stackwright.report.diff.merging import Where, merged
from stackwright.report.diff.sections import Block, Section, row, table_head
from stackwright.report.diff.wording import joined, named, names, said, valued
from stackwright.report.words import plural

_MOST_COLUMNS = 6
"""Environments that still have a column each; more share one cell by their values."""

_LONGEST_CELL = 60
"""Characters of a value: a column for each environment leaves no more room."""


def ledgers(diff: Diff) -> Iterator[Section]:
    """Yield what is counted over environments; some have no blocks."""
    yield accelerators(diff)
    yield from matrix(diff)


def accelerators(diff: Diff) -> Section:
    """Return the GPUs and the quota of each pool, before and after."""
    found = merged(diff, lambda one: one.accelerators, lambda _, one: one)
    pools = [pool for where in diff.environments for pool in where.accelerators]
    nodes = [pool for pool in pools if pool.instance_type]
    before = sum(pool.gpus_before for pool in nodes)
    after = sum(pool.gpus_after for pool in nodes)
    return Section(
        tuple(Block(_pool(one, where), len(where)) for one, where in found),
        title=f"<b>GPUs and quota</b>: {before} to {after} GPUs on the nodes that change",
        risk=Risk.ROUTINE,
        folded=True,
        intro="What each pool needs at most.",
        head=table_head("Pool", "Where", "Instance type", "GPUs", "vCPUs", "Counted by the quota"),
        unit="pool",
    )


def matrix(diff: Diff) -> Iterator[Section]:
    """Yield what each environment gets, and apart the other keys in which they differ."""
    changed = [one for one in diff.matrix if one.changed]
    others = [one for one in diff.matrix if one.differs and not one.changed]
    count = plural("key", len(changed))
    differing = sum(one.differs for one in changed)
    yield _matrix(
        diff,
        changed,
        f"<b>Environments side by side</b>: {count} set by this change"
        f"{f', {differing} with different values afterwards' if differing else ''}",
        joined("The blueprint after the change; what this change sets is bold.", *_only(changed)),
    )
    others_count = plural("key", len(others))
    yield _matrix(
        diff,
        others,
        f"<b>Environments differ as before</b>: in {others_count} that this change leaves alone",
    )


def _matrix(diff: Diff, rows: list[MatrixRow], title: str, intro: str = "") -> Section:
    columns = [one.environment for one in diff.environments]
    wide = len(columns) > _MOST_COLUMNS
    heads = ("Values",) if wide else tuple(named(name) for name in columns)
    return Section(
        tuple(Block(_matrix_row(one, columns, wide, judged=bool(intro))) for one in rows),
        title=title,
        risk=Risk.ROUTINE,
        folded=True,
        intro=intro,
        head=table_head("Key", *heads, *(["Differs"] if intro else [])),
        unit="key",
    )


def _pool(one: AcceleratorRow, where: Where) -> str:
    market = f" ({said(one.market)})" if one.market else ""
    return row(
        named(one.pool),
        names(where.environments, 4),
        f"{named(one.instance_type)}{market}",
        _step(one.gpus_before, one.gpus_after),
        _step(one.vcpus_before, one.vcpus_after),
        said(one.quota),
    )


def _step(before: int, after: int) -> str:
    if before == after:
        return f"{before}" if before else ""
    return f"{before} to **{after}**"


def _only(rows: list[MatrixRow]) -> Iterator[str]:
    """Yield what this change gives to one environment and no other has."""
    found: dict[str, list[str]] = {}
    for one in rows:
        if len(one.values) == 1 and set(one.values) & set(one.changed):
            found.setdefault(next(iter(one.values)), []).append(one.path)
    for name, paths in found.items():
        yield f"Only {named(name)} has {names(paths, 4)}."


def _matrix_row(one: MatrixRow, columns: list[str], wide: bool, *, judged: bool) -> str:
    cells = [_shared_cell(one)] if wide else [_cell(one, name) for name in columns]
    differs = ["yes" if one.differs else ""] if judged else []
    return row(named(one.path), *cells, *differs)


def _cell(one: MatrixRow, name: str) -> str:
    if name not in one.values:
        return "**none**" if name in one.changed else ""
    value = valued(one.values[name], _LONGEST_CELL)
    return f"**{value}**" if name in one.changed else value


def _shared_cell(one: MatrixRow) -> str:
    by_value: dict[str, list[str]] = {}
    for name in one.values:
        by_value.setdefault(_cell(one, name), []).append(name)
    return "<br>".join(f"{value}: {names(found, 4)}" for value, found in by_value.items())
