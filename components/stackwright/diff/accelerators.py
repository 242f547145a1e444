"""The ledger of GPUs and quotas: what each pool needs at most, before and after."""

from __future__ import annotations

from collections.abc import Iterable

from stackwright.diff.capacity import Need, needs
from stackwright.diff.findings import AcceleratorRow
from stackwright.plan.graph import Plan

NEW_TYPE = " -> "
"""Stands between the earlier and the later instance types of a pool that changes them."""


def accelerators(base: Plan | None, head: Plan | None) -> tuple[AcceleratorRow, ...]:
    """Return the pools whose need differs, those with GPUs first; see `capacity` for what counts.

    A pool that moves from one quota to another has a row for each.
    """
    before, after = _by_key(base), _by_key(head)
    keys = [*after, *(key for key in before if key not in after)]
    rows = [
        _row(before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    ]
    return tuple(sorted(rows, key=lambda row: not (row.gpus_before or row.gpus_after)))


def _by_key(plan: Plan | None) -> dict[tuple[str, str, str], Need]:
    found = needs(plan) if plan is not None else ()
    return {(need.pool, need.quota, need.market): need for need in found}


def _row(before: Need | None, after: Need | None) -> AcceleratorRow:
    either = after or before
    assert either is not None
    return AcceleratorRow(
        pool=either.pool,
        instance_type=_types(need.instance_type for need in (before, after) if need is not None),
        quota=either.quota,
        market=either.market,
        gpus_before=before.gpus if before is not None else 0,
        gpus_after=after.gpus if after is not None else 0,
        vcpus_before=before.vcpus if before is not None else 0,
        vcpus_after=after.vcpus if after is not None else 0,
    )


def _types(names: Iterable[str]) -> str:
    return NEW_TYPE.join(dict.fromkeys(names))
