"""What a deployment would do, put before a person; or why it must not be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stackwright.engine.changes import Change
from stackwright.engine.guard import Loss, failed_for_protection, losses_of, no_longer_needed
from stackwright.engine.operations import Outcome
from stackwright.environment import Environment
from stackwright.errors import InputError, Problem, StackwrightError


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
    if failed := stuck(previews):
        raise Refused(f"the preview failed.\n{reasons(failed)}")
    every = [change for outcome in previews for change in outcome.changes.every]
    reminders = tuple(no_longer_needed(environment, every))
    return Proposal(tuple(previews), losses, reminders)


def losses_in(environment: Environment, previews: Iterable[Outcome]) -> tuple[Loss, ...]:
    """Return everything stateful that previews would replace or delete."""
    changes = [change for outcome in previews for change in outcome.changes.real]
    return tuple(losses_of(environment, changes))


def stuck(previews: Iterable[Outcome]) -> list[Outcome]:
    """Return the previews that failed for more than protection, which the guard answers for."""
    return [one for one in previews if not one.succeeded and not failed_for_protection(one)]


def reasons(outcomes: Iterable[Outcome]) -> str:
    """Return why runs failed, a line for each."""
    return "\n".join(f"{outcome.layer}: {outcome.failure}" for outcome in outcomes)
