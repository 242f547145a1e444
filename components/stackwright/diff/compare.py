"""Compares two sides: each environment by its two plans, and all of them into one diff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from stackwright.diff.accelerators import accelerators
from stackwright.diff.access import access_changes
from stackwright.diff.changes import PropertyChange, ResourceChange
from stackwright.diff.clashes import clashes
from stackwright.diff.digest import digest
from stackwright.diff.findings import Allowance, BrokenProject
from stackwright.diff.losses.cards import losses
from stackwright.diff.model import BlueprintChange, Diff, EnvironmentDiff, MatrixRow, Presence, Side
from stackwright.diff.pairing.pairs import Pairing, pair
from stackwright.diff.pairing.resources import changes
from stackwright.diff.properties.values import differences
from stackwright.diff.refusals import refusals
from stackwright.diff.replacement.chains import chains
from stackwright.diff.replacement.judging import judged
from stackwright.diff.roles import roles
from stackwright.diff.services.impacts import services
from stackwright.diff.topology import edges, tools
from stackwright.diff.verdict import verdict
from stackwright.diff.weakened import weakened
from stackwright.plan.graph import Layer, Plan
from stackwright.urns import is_managed

_NOTHING: Mapping[str, Allowance] = {}


def compare(
    base: Plan | None, head: Plan | None, allowances: Mapping[str, Allowance] = _NOTHING
) -> EnvironmentDiff:
    """Return what changes in one environment.

    Args:
        base: The environment as it was; None when it is new.
        head: The environment as it will be; None when it goes.
        allowances: What the blueprint allows to lose, by `TYPE::NAME`.

    Raises:
        ValueError: There is no plan on either side.
    """
    known = head or base
    if known is None:
        raise ValueError("an environment is on one side at least")
    paired = pair(base, head)
    found = judged(changes(paired, base, head), paired, base, head)
    return EnvironmentDiff(
        environment=known.environment,
        target=known.target,
        presence=_presence(base, head),
        unchanged=_unchanged(found, paired),
        changes=found,
        titles=roles(base, head),
        outputs=_outputs(base, head, paired),
        chains=chains(found),
        losses=losses(found, base, head, allowances),
        access=access_changes(found, base, head),
        services=services(found, base, head),
        accelerators=accelerators(base, head),
        warnings=(*_warnings(base, head), *sorted(weakened(found))),
        digest=digest(head) if head is not None else "",
        tools=tools(base, head),
        edges=edges(base, head),
        hazards=(*sorted(refusals(found)), *clashes(paired, head)),
    )


def assemble(
    name: str,
    base: Side,
    head: Side,
    environments: Sequence[EnvironmentDiff],
    causes: Iterable[BlueprintChange] = (),
    matrix: Iterable[MatrixRow] = (),
    projects: Iterable[BrokenProject] = (),
    notes: Iterable[str] = (),
) -> Diff:
    """Return the whole diff, with its verdict."""
    broken = tuple(projects)
    return Diff(
        name=name,
        base=base,
        head=head,
        verdict=verdict(environments, broken),
        environments=tuple(environments),
        causes=tuple(causes),
        matrix=tuple(matrix),
        projects=broken,
        notes=tuple(notes),
    )


def _presence(base: Plan | None, head: Plan | None) -> Presence:
    if base is None:
        return Presence.ADDED
    return Presence.REMOVED if head is None else Presence.BOTH


def _unchanged(found: Iterable[ResourceChange], paired: Pairing) -> int:
    changed = {change.urn for change in found}
    return sum(
        is_managed(after.resource.type, after.resource.custom) and after.resource.urn not in changed
        for _, after in paired.pairs
    )


def _outputs(base: Plan | None, head: Plan | None, paired: Pairing) -> tuple[PropertyChange, ...]:
    """Return the exported values that differ, by `LAYER.KEY`."""
    before, after = _exported(base), _exported(head)
    return tuple(
        replace(change, path=f"{layer}.{change.path}")
        for layer in dict.fromkeys((*after, *before))
        for change in differences(
            "", _values(before.get(layer)), _values(after.get(layer)), paired.urns
        )
    )


def _exported(plan: Plan | None) -> Mapping[str, Layer]:
    return {layer.name: layer for layer in plan.layers} if plan else {}


def _values(layer: Layer | None) -> Mapping[str, object]:
    return layer.outputs if layer is not None else {}


def _warnings(base: Plan | None, head: Plan | None) -> tuple[str, ...]:
    """Return what the later programs warn of and the earlier ones did not."""
    before = {text for layer in base.layers for text in layer.warnings} if base else set()
    if head is None:
        return ()
    return tuple(
        f"{layer.name}: {text}"
        for layer in head.layers
        for text in layer.warnings
        if text not in before
    )
