"""Data-loss cards: what would be lost, what may keep it, and the safe way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stackwright.allowances import KEY, allowing_line
from stackwright.blueprint.shown import listed
from stackwright.data.stateful import takes_something
from stackwright.diff.changes import Action, Effect, Order, ResourceChange
from stackwright.diff.findings import Allowance, DataLoss, Protection
from stackwright.diff.losses.deployed import Deployed
from stackwright.diff.losses.safeguards import safeguards
from stackwright.diff.losses.ways import GENERAL, WAYS
from stackwright.diff.properties.values import differences
from stackwright.diff.replacement.effects import with_effects
from stackwright.diff.replacement.subject import Subject
from stackwright.plan.graph import Plan, Resource, origins
from stackwright.urns import name_of, type_of

_BY_THE_STATE = "what is replaced with something that it is made from is held by its state."


def losses(
    changes: Sequence[ResourceChange],
    base: Plan | None,
    head: Plan | None,
    allowances: Mapping[str, Allowance],
) -> tuple[DataLoss, ...]:
    """Return a card for everything that takes something with it, in the order of the changes.

    Args:
        changes: What changes, with replacements judged.
        base: The earlier plan; None when the environment is new, and nothing can be lost.
        head: The later plan; None when the environment goes.
        allowances: What the blueprint allows to lose, by `TYPE::NAME`, judged by a day.
    """
    if base is None:
        return ()
    deployed = Deployed(base)
    unprotected = _unprotected(head)
    taken = _taken_along(changes)
    later = {one.urn: one for _, one in head.resources()} if head else {}
    cards = []
    for change in changes:
        earlier = deployed.resources.get(change.before_urn or change.urn)
        if earlier is not None and _is_lost(change, earlier):
            lifted = change.urn in unprotected and change.urn not in taken
            held = (_engine(change, earlier, lifted), *safeguards(earlier, deployed))
            last = change.urn in taken and earlier.options.protect
            alias = tuple(_alias(change, earlier, later.get(change.twin)))
            steps = (*alias, _undo(change), *WAYS.get(change.type, GENERAL))
            cards.append(_card(change, held, steps, allowances.get(change.key), deploy_first=last))
    return tuple(cards)


def _is_lost(change: ResourceChange, earlier: Resource) -> bool:
    return change.ends and takes_something(
        change.type,
        protected=earlier.options.protect,
        retained=earlier.options.retain_on_delete,
    )


def _unprotected(head: Plan | None) -> frozenset[str]:
    """Return the resources that the later program does not protect."""
    if head is None:
        return frozenset()
    return frozenset(one.urn for _, one in head.resources() if not one.options.protect)


def _taken_along(changes: Sequence[ResourceChange]) -> frozenset[str]:
    """Return what the engine deletes before something else that it is made from.

    It does so before the later program has said a word about it, so that the state decides
    whether it is protected (step generator, dependent replacements).
    """
    first = {
        (change.layer, change.urn)
        for change in changes
        if change.replacement and change.replacement.order is Order.DELETE_FIRST
    }
    return frozenset(
        change.urn
        for change in changes
        if change.replacement and (change.layer, change.replacement.because_of) in first
    )


def _card(
    change: ResourceChange,
    held: tuple[Protection, ...],
    steps: tuple[str, ...],
    allowance: Allowance | None,
    *,
    deploy_first: bool,
) -> DataLoss:
    return DataLoss(
        urn=change.urn,
        layer=change.layer,
        tool=change.tool,
        action=change.action,
        what=change.loses,
        causes=change.replacement.properties if change.replacement else (),
        protections=held,
        steps=(*steps, *_allowing(change, allowance, deploy_first=deploy_first)),
        allowed=allowance,
    )


def _engine(change: ResourceChange, earlier: Resource, lifted: bool) -> Protection:
    """Say whether Pulumi holds a resource."""
    verb = "replace" if change.action is Action.REPLACE else "delete"
    if not earlier.options.protect:
        return Protection("protect", False, f"Pulumi does not protect it and would {verb} it.")
    if lifted:
        return Protection("protect", False, "The later program lifts the protection of Pulumi.")
    return Protection("protect", True, f"Pulumi refuses to {verb} it as long as it is protected.")


def _allowing(
    change: ResourceChange, allowance: Allowance | None, *, deploy_first: bool
) -> Iterator[str]:
    if allowance is None:
        line = allowing_line(change.key)
        yield f"Once its data is safe, allow it: write under {KEY} in the blueprint: {line}"
    elif allowance.expired:
        yield (
            f"Once its data is safe, give its entry under {KEY} a new day: it was allowed until"
            f" {allowance.expires}."
        )
    if deploy_first:
        yield f"Deploy that entry under {KEY} by itself, before this change: {_BY_THE_STATE}"


def _alias(change: ResourceChange, earlier: Resource, twin: Resource | None) -> Iterator[str]:
    """Yield how an alias keeps what was only renamed, or that it does not."""
    if twin is None:
        return
    if replaced_for := _still_replaced(earlier, twin):
        yield (
            f"If it was only renamed or moved, {_called(change.twin)} is the same thing, but an"
            f" alias alone does not keep it: {listed(replaced_for, 'and')} would still replace it,"
            " so the program must keep the earlier value, too."
        )
    elif change.alias:
        yield (
            f"If it was only renamed or moved, give {_called(change.twin)} the alias"
            f" {change.alias} in the program: then it stays."
        )
    else:
        yield (
            f"If it was only renamed or moved, {_called(change.twin)} is the same thing: with an"
            " alias for what it belongs to, it stays."
        )


def _still_replaced(earlier: Resource, twin: Resource) -> list[str]:
    """Return the properties that replace a resource although an alias says what it was.

    What is made from outputs is left out: it differs by the names of other renamed resources.
    """
    subject = Subject(earlier.type, earlier.inputs, twin.inputs, twin.options, provider={})
    found = with_effects(subject, differences(twin.type, earlier.inputs, twin.inputs, {}))
    return [
        one.path
        for one in found
        if one.effect is Effect.REPLACES and not any(origins([one.before, one.after]))
    ]


def _undo(change: ResourceChange) -> str:
    if change.replacement is None:
        return "To keep it, leave it in the blueprint and the program."
    if change.replacement.because_of:
        cause = _called(change.replacement.because_of)
        return f"To keep it, take back what changes {cause}."
    causes = ", ".join(_with_values(change, path) for path in change.replacement.properties)
    return f"To keep it, take back the change of {causes}."


def _with_values(change: ResourceChange, path: str) -> str:
    """Return a cause; only its values tell what the program means by a trigger."""
    if path == "replacementTrigger":
        for one in change.options:
            if one.path == "replacement_trigger" and isinstance(one.before, str):
                return f"{path} from {one.before} to {one.after}"
    return path


def _called(urn: str) -> str:
    return f"{type_of(urn)}::{name_of(urn)}"
