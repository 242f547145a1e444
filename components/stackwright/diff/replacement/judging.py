"""Judges what is replaced, and follows replacements to all that they force, in both layers.

Resources are looked at in the order of deployment, so that whatever a resource depends on is
judged before it. The rules are the engine's own (step generator and its dependent replacements)
and those of the providers; see `effects`, `order` and `renewal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from stackwright.data.stateful import losses
from stackwright.diff.changes import (
    Action,
    Effect,
    Order,
    PropertyChange,
    Replacement,
    ResourceChange,
)
from stackwright.diff.pairing.pairs import Pairing, Placed
from stackwright.diff.pairing.resources import capabilities_of, change_of
from stackwright.diff.properties.steps import steps
from stackwright.diff.replacement.cascade import Cascade, Reason
from stackwright.diff.replacement.clusters import KUBERNETES_PROVIDER
from stackwright.diff.replacement.effects import surest, with_effects
from stackwright.diff.replacement.gaps import gap
from stackwright.diff.replacement.left_behind import left_behind
from stackwright.diff.replacement.order import order_of
from stackwright.plan.graph import Plan
from stackwright.urns import type_of

_JUDGED = (Action.UPDATE, Action.MOVE, Action.RENAME)
"""Actions of what is on both sides and may turn out to be replaced."""


def judged(
    changes: tuple[ResourceChange, ...], pairing: Pairing, base: Plan | None, head: Plan | None
) -> tuple[ResourceChange, ...]:
    """Return the changes with their effects, replacements and losses.

    Resources that are replaced or updated only because another one is replaced are added. A
    change that the engine ignores as a whole is left out.

    Args:
        changes: What differs, in order of deployment, and what is deleted at the end.
        pairing: Which resource is which.
        base: The earlier plan; None when the environment is new.
        head: The later plan; None when it goes.
    """
    found = {change.urn: change for change in changes}
    if base is not None and head is not None:
        found.update(_judged_pairs(found, pairing, base, head))
        found.update({change.urn: change for change in left_behind(found.values())})
        found = _in_order(found, head)
    protected = _protected(pairing)
    return tuple(
        _with_loss(change, change.urn in protected)
        for change in found.values()
        if not _is_ignored(change)
    )


def _judged_pairs(
    found: Mapping[str, ResourceChange], pairing: Pairing, base: Plan, head: Plan
) -> dict[str, ResourceChange]:
    """Return the changes of what is on both sides, those that only another one forces included."""
    cascade = Cascade(pairing, base, head)
    capabilities = capabilities_of(head)
    judged: dict[str, ResourceChange] = {}
    for before, after in pairing.pairs:
        change = found.get(after.resource.urn)
        if after.resource.custom and (change is None or change.action in _JUDGED):
            now = _judged_pair(cascade, change, before, after, capabilities)
            if now is not None:
                judged[now.urn] = now
    return judged


def _judged_pair(
    cascade: Cascade,
    found: ResourceChange | None,
    before: Placed,
    after: Placed,
    capabilities: Mapping[str, str],
) -> ResourceChange | None:
    """Return the change of a resource that is on both sides; None when it stays as it is."""
    if found is None and cascade.is_idle:
        return None
    subject = cascade.subject(before.resource, after.resource)
    own = with_effects(subject, found.properties if found else ())
    renewals = cascade.renewals(subject, after, own)
    reasons = list(cascade.reasons(subject, before, after, own, renewals))
    if found is None and not renewals and not reasons:
        return None
    change = found or change_of(after, capabilities, Action.UPDATE)
    change = replace(change, properties=(*own, *(one for one, _ in renewals.values())))
    if reasons:
        replacement = _replacement(cascade, reasons, change, before, after)
        cascade.add_replaced(change.urn, replacement)
        return replace(change, action=Action.REPLACE, replacement=replacement)
    effects = {one.effect for one in change.properties}
    if effects - {Effect.NONE} and not _is_only_tagged(change.properties):
        cascade.add_updated(change.urn)
    return replace(change, uncertain=Effect.UNKNOWN in effects)


def _replacement(
    cascade: Cascade,
    reasons: Sequence[Reason],
    change: ResourceChange,
    before: Placed,
    after: Placed,
) -> Replacement:
    """Return why and how a resource is replaced.

    Of several resources that force it the first is named: it is no root, even where a change of
    its own would force it as well.
    """
    causes = [reason.because_of for reason in reasons]
    early = cascade.is_deleted_first(after.layer.name, causes)
    order = order_of(before.resource, after.resource, any(reason.by_provider for reason in reasons))
    order = Order.DELETE_FIRST if early else order
    because_of = next(filter(None, causes), "")
    return Replacement(
        properties=tuple(dict.fromkeys(path for one in reasons for path in one.properties)),
        evidence=surest(cascade.evidence(reason) for reason in reasons),
        order=order,
        gap=gap(
            change.type,
            change.capability,
            order,
            losses().get(change.type, ""),
            in_another_cluster=type_of(because_of) == KUBERNETES_PROVIDER,
        ),
        because_of=because_of,
    )


def _in_order(found: Mapping[str, ResourceChange], head: Plan) -> dict[str, ResourceChange]:
    """Return the changes in order of deployment; what is deleted stays at the end."""
    order = {resource.urn: index for index, (_, resource) in enumerate(head.resources())}
    last = len(order)
    return dict(sorted(found.items(), key=lambda item: order.get(item[0], last)))


def _with_loss(change: ResourceChange, protected: bool) -> ResourceChange:
    loses = losses().get(change.type, "") if change.ends or change.uncertain else ""
    return replace(change, loses=loses, protected=protected)


def _is_ignored(change: ResourceChange) -> bool:
    """Tell whether the engine would not see any of it."""
    return (
        change.action is Action.UPDATE
        and not change.options
        and bool(change.properties)
        and all(one.effect is Effect.NONE for one in change.properties)
    )


def _is_only_tagged(properties: Iterable[PropertyChange]) -> bool:
    return all(steps(one.path)[0] in ("tags", "tagsAll") for one in properties)


def _protected(pairing: Pairing) -> set[str]:
    """Return the URNs of what the engine holds, of the later side where there is one."""
    pairs = {
        after.resource.urn for before, after in pairing.pairs if before.resource.options.protect
    }
    return pairs | {one.resource.urn for one in pairing.gone if one.resource.options.protect}
