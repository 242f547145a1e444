"""What must not be lost by accident: everything stateful that a run would replace or delete.

The engine itself refuses to do that to a protected resource. The guard speaks earlier, for all
that holds data, and says what to write in the blueprint when the loss is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from stackwright.allowances import KEY, allowances, allowing_line, today
from stackwright.data.stateful import losses, takes_something
from stackwright.diff.findings import Allowance
from stackwright.engine.changes import Change
from stackwright.engine.events import Operation
from stackwright.environment import Environment
from stackwright.errors import StackwrightError
from stackwright.urns import name_of

if TYPE_CHECKING:
    from pulumi.automation import Stack

    from stackwright.engine.operations import Outcome

_ENDS = {Operation.REPLACE: "replaced", Operation.DELETE: "deleted"}
"""Operations after which the resource as it was is no more, in words."""

_PROTECTED = re.compile(r"currently marked for protection|because it is protected")
"""How the engine refuses to replace, and to delete, what is protected."""

_TAKEN_ALONG = re.compile(r'unable to replace resource "(?P<urn>[^"]+)"\s+as part of replacing')
"""How the engine refuses to replace what is made from something that it deletes first: by the
protection in the state, whatever the program says."""

_COUNTED = re.compile(r"preview failed")
"""What the engine says of the whole when something in it failed."""

_STAYS = (Operation.SAME, Operation.UPDATE, Operation.READ, Operation.REFRESH)


@dataclass(frozen=True, slots=True)
class Loss:
    """A change after which something cannot be brought back."""

    change: Change
    what: str
    """What is lost, such as `database`; empty when only the program knows, which protects it."""
    allowance: Allowance | None
    """What the blueprint says of the resource; None when it does not name it."""
    place: str = KEY
    """Key path in the blueprint of the list that would allow it."""

    @property
    def allowed(self) -> bool:
        """Tell whether the blueprint allows it, today."""
        return self.allowance is not None and not self.allowance.expired

    @property
    def must_be_unprotected(self) -> bool:
        """Tell whether the engine refuses although the blueprint allows it.

        The program, which lifts protection, no longer knows the resource; see `unprotect`.
        """
        return self.allowed and self.change.protected and self.change.operation is Operation.DELETE

    def __str__(self) -> str:
        change = self.change
        why = f" for a change of {', '.join(change.replaced_for)}" if change.replaced_for else ""
        lost = f"Lost is: {self.what}." if self.what else "The program protects it."
        message = f"{change.key} would be {_ENDS[change.operation]}{why}. {lost}"
        if self.allowance is None:
            line = allowing_line(change.key)
            return f"{message} If that is meant, add to {self.place} in the blueprint: {line}"
        until = f"until {self.allowance.expires}"
        if self.allowance.expired:
            return (
                f"{message} The blueprint allowed it {until}. If it is still meant, write a new day"
                f" at its entry in {self.place}."
            )
        return f"{message} The blueprint allows it {until}."


def losses_of(
    environment: Environment, changes: Iterable[Change], day: date | None = None
) -> tuple[Loss, ...]:
    """Return everything stateful that changes would replace or delete.

    Args:
        environment: What the blueprint says.
        changes: Those of a preview, also of one that failed.
        day: The day that an expiry is judged by; today when None.
    """
    allowed = allowances(environment.blueprint, day or today())
    name = environment.scope["environment"]
    place = f"environments.{name}.{KEY}" if environment.blueprint.environments else KEY
    return tuple(
        Loss(change, losses().get(change.type, ""), allowed.get(change.key), place)
        for change in changes
        if change.operation in _ENDS
        and takes_something(change.type, protected=change.protected, retained=change.retained)
    )


def no_longer_needed(environment: Environment, changes: Iterable[Change]) -> Iterator[str]:
    """Yield a sentence for each resource that the blueprint allows to lose and that stays.

    Args:
        environment: What the blueprint says.
        changes: Those of a preview, resources that stay as they are included.
    """
    staying = {change.key for change in changes if change.operation in _STAYS}
    for allowed in environment.blueprint.allow_replacement:
        if allowed.resource in staying:
            yield (
                f"{allowed.resource} stays, and is not protected while {KEY} names it; "
                "take it out of the blueprint."
            )


def failed_for_protection(preview: Outcome) -> bool:
    """Tell whether a preview failed for nothing but protected resources.

    Such a preview names every change, since the engine refuses only at the end. When the blueprint
    allows all losses, what is left to do is `unprotect`. What is `held_by_state` ends a preview at
    once, and is no such failure.
    """
    if any(held_by_state(preview)):
        return False
    errors = [said.message for said in preview.diagnostics if said.severity == "error"]
    reasons = [message for message in errors if not _COUNTED.fullmatch(message.strip())]
    return not preview.succeeded and bool(reasons) and all(map(_PROTECTED.search, reasons))


def held_by_state(preview: Outcome) -> Iterator[str]:
    """Yield the URNs of what the engine would replace before something that it is made from.

    The state protects it. The engine refuses at the first one, and tells of no other change.
    """
    for said in preview.diagnostics:
        found = _TAKEN_ALONG.search(said.message) if said.severity == "error" else None
        if found:
            yield found["urn"]


def unprotect(stack: Stack, urns: Iterable[str]) -> None:
    """Lift the protection that a state holds for resources which the program no longer has.

    Nothing real is touched. It is not undone when the resource is not deleted afterwards.

    Raises:
        StackwrightError: The engine refuses; those before it are unprotected.
    """
    from pulumi.automation import CommandError

    workspace = stack.workspace
    for urn in urns:
        command = ["state", "unprotect", urn, "--stack", stack.name, "--yes"]
        try:
            workspace.pulumi_command.run(command, workspace.work_dir, workspace.env_vars)
        except CommandError as error:
            reason = str(error).partition("\n stderr: ")[2].strip()
            message = f"the protection of {name_of(urn)} was not lifted: {reason}"
            raise StackwrightError(message) from None
