"""What must not be lost by accident: everything stateful that a run would replace or delete.

The engine itself refuses to do that to a protected resource. The guard speaks earlier, for all
that holds data, and says what to write in the blueprint when the loss is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackwright.blueprint.flow import flow
from stackwright.data.stateful import losses
from stackwright.engine.changes import Change
from stackwright.engine.events import Operation
from stackwright.environment import Environment
from stackwright.errors import StackwrightError
from stackwright.urns import name_of

if TYPE_CHECKING:
    from pulumi.automation import Stack

    from stackwright.engine.operations import Outcome

KEY = "allow_replacement"
"""The blueprint's key that names what may be lost."""

_ENDS = {Operation.REPLACE: "replaced", Operation.DELETE: "deleted"}
"""Operations after which the resource as it was is no more, in words."""

_PROTECTED = re.compile(r"currently marked for protection|because it is protected")
"""How the engine refuses to replace, and to delete, what is protected."""

_COUNTED = re.compile(r"preview failed")
"""What the engine says of the whole when something in it failed."""

_STAYS = (Operation.SAME, Operation.UPDATE, Operation.READ, Operation.REFRESH)


@dataclass(frozen=True, slots=True)
class Loss:
    """A change after which something cannot be brought back."""

    change: Change
    what: str
    """What is lost, such as `database`; empty when only the program knows, which protects it."""
    allowed: bool
    """True when the blueprint names the resource."""
    place: str = KEY
    """Key path in the blueprint of the list that would allow it."""

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
        if self.allowed:
            return f"{message} The blueprint allows it."
        line = f"- {flow(change.key)}"
        return f"{message} If that is meant, add to {self.place} in the blueprint: {line}"


def losses_of(environment: Environment, changes: Iterable[Change]) -> tuple[Loss, ...]:
    """Return everything stateful that changes would replace or delete.

    Args:
        environment: What the blueprint says.
        changes: Those of a preview, also of one that failed.
    """
    allowed = frozenset(environment.blueprint.allow_replacement)
    name = environment.scope["environment"]
    place = f"environments.{name}.{KEY}" if environment.blueprint.environments else KEY
    return tuple(
        Loss(change, losses().get(change.type, ""), change.key in allowed, place)
        for change in changes
        if change.operation in _ENDS and _is_stateful(change)
    )


def no_longer_needed(environment: Environment, changes: Iterable[Change]) -> Iterator[str]:
    """Yield a sentence for each resource that the blueprint allows to lose and that stays.

    Args:
        environment: What the blueprint says.
        changes: Those of a preview, resources that stay as they are included.
    """
    staying = {change.key for change in changes if change.operation in _STAYS}
    for key in environment.blueprint.allow_replacement:
        if key in staying:
            yield (
                f"{key} stays, and is not protected while {KEY} names it; "
                "take it out of the blueprint."
            )


def failed_for_protection(preview: Outcome) -> bool:
    """Tell whether a preview failed for nothing but protected resources.

    Such a preview names every change, since the engine refuses only at the end. When the blueprint
    allows all losses, what is left to do is `unprotect`.
    """
    errors = [said.message for said in preview.diagnostics if said.severity == "error"]
    reasons = [message for message in errors if not _COUNTED.fullmatch(message.strip())]
    return not preview.succeeded and bool(reasons) and all(map(_PROTECTED.search, reasons))


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


def _is_stateful(change: Change) -> bool:
    """Tell whether a resource takes something with it when it goes."""
    return not change.retained and (change.protected or change.type in losses())
