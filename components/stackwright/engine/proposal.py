"""What a deployment would do, put before a person; or why it must not be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stackwright.allowances import KEY
from stackwright.blueprint.shown import listed
from stackwright.engine.changes import Change
from stackwright.engine.events import Operation, Status
from stackwright.engine.guard import (
    Loss,
    failed_for_protection,
    held_by_state,
    losses_of,
    no_longer_needed,
)
from stackwright.engine.operations import Outcome
from stackwright.environment import Environment
from stackwright.errors import InputError, Problem, StackwrightError
from stackwright.urns import name_of, type_of

_HELD = (
    "{} would be replaced before something that it is made from, and is protected by its state."
    " Take back the change, deploy the entry in {} by itself, and then make the change."
)


class Refused(StackwrightError):
    """It goes no further: a check or a preview failed, or a person said no."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person is asked to agree to."""

    outcomes: tuple[Outcome, ...]
    """One preview for each layer."""
    losses: tuple[Loss, ...]
    """Everything stateful that would be replaced or deleted; the blueprint allows all of it."""

    reminders: tuple[str, ...] = ()
    """What the blueprint allows to lose and that stays, a sentence for each."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of every layer."""
        return tuple(change for outcome in self.outcomes for change in outcome.changes.real)

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to do: no resource and no exported value would change."""
        return not any(outcome.changing for outcome in self.outcomes)


class DataWouldBeLost(InputError):
    """Something stateful would be replaced or deleted that the blueprint does not name."""

    def __init__(self, losses: Sequence[Loss]) -> None:
        super().__init__([Problem(str(loss)) for loss in losses])
        self.losses = tuple(losses)


def propose(environment: Environment, previews: Sequence[Outcome]) -> Proposal:
    """Return what previews say, for a person to agree to.

    Raises:
        DataWouldBeLost: The blueprint does not allow all of it.
        Refused: A preview failed.
    """
    losses = losses_in(environment, previews)
    if not_allowed := [loss for loss in losses if not loss.allowed]:
        raise DataWouldBeLost(not_allowed)
    if held := [key for _, key, _ in _held(previews)]:
        raise Refused(_HELD.format(listed(held, "and"), KEY))
    if failed := stuck(previews):
        raise Refused(f"the preview failed.\n{reasons(failed)}")
    every = [change for outcome in previews for change in outcome.changes.every]
    reminders = tuple(no_longer_needed(environment, every))
    return Proposal(tuple(previews), losses, reminders)


def losses_in(environment: Environment, previews: Iterable[Outcome]) -> tuple[Loss, ...]:
    """Return everything stateful that previews would replace or delete."""
    previews = tuple(previews)
    changes = [change for outcome in previews for change in outcome.changes.real]
    held = [_replaced(layer, urn) for layer, _, urn in _held(previews)]
    return tuple(losses_of(environment, [*changes, *held]))


def stuck(previews: Iterable[Outcome]) -> list[Outcome]:
    """Return the previews that failed for more than protection, which the guard answers for."""
    return [one for one in previews if not one.succeeded and not failed_for_protection(one)]


def reasons(outcomes: Iterable[Outcome]) -> str:
    """Return why runs failed, a line for each."""
    return "\n".join(f"{outcome.layer}: {outcome.failure}" for outcome in outcomes)


def _held(previews: Iterable[Outcome]) -> Iterator[tuple[str, str, str]]:
    """Yield layer, `TYPE::NAME` and URN of what a state protects from going with something else."""
    for preview in previews:
        for urn in held_by_state(preview):
            yield preview.layer, f"{type_of(urn)}::{name_of(urn)}", urn


def _replaced(layer: str, urn: str) -> Change:
    return Change(
        layer=layer,
        urn=urn,
        type=type_of(urn),
        name=name_of(urn),
        tool="",
        operation=Operation.REPLACE,
        status=Status.FAILED,
        protected=True,
    )
