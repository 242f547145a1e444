"""What would change, or has changed, in words: by layer and tool, the gravest last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stackwright.engine.changes import Change
from stackwright.engine.events import Operation
from stackwright.engine.guard import Loss
from stackwright.engine.operations import Outcome
from stackwright.urns import is_managed
from stackwright_cli.deploying.view import SIGNS

TO_COME = {
    Operation.CREATE: "to create",
    Operation.UPDATE: "to update",
    Operation.REPLACE: "to replace",
    Operation.DELETE: "to delete",
    Operation.IMPORT: "to import",
}

DONE = {
    Operation.CREATE: "created",
    Operation.UPDATE: "updated",
    Operation.REPLACE: "replaced",
    Operation.DELETE: "deleted",
    Operation.IMPORT: "imported",
}

_PATHS_SHOWN = 4


def proposal(outcomes: Sequence[Outcome], losses: Sequence[Loss] = ()) -> str:
    """Return what the previews of an environment say, for a person who has to agree."""
    lost = {loss.change.urn: loss for loss in losses}
    lines: list[str] = []
    for outcome in outcomes:
        lines += _layer(outcome, lost)
    return "\n".join(lines)


def counted(changes: Sequence[Change], words: dict[Operation, str]) -> str:
    """Return how many resources see what, such as `3 to create, 1 to delete`."""
    numbers = {
        operation: sum(change.operation is operation for change in changes) for operation in words
    }
    parts = [f"{number} {words[operation]}" for operation, number in numbers.items() if number]
    return ", ".join(parts) or "nothing"


def whole(outcomes: Iterable[Outcome], words: dict[Operation, str]) -> str:
    """Return what some runs do to resources and to what their stacks export."""
    every = list(outcomes)
    changes = [change for outcome in every for change in outcome.changes.real]
    text = counted(managed(changes), words)
    if not any(outcome.exports_differ for outcome in every):
        return text
    return "exported values change" if text == "nothing" else f"{text}, exported values change"


def managed(changes: Iterable[Change]) -> list[Change]:
    """Return the changes to what is managed outside, sorted: no components, no providers."""
    found = [one for one in changes if is_managed(one.type, one.custom)]
    return sorted(found, key=lambda change: (change.type, change.name))


def _layer(outcome: Outcome, lost: dict[str, Loss]) -> Iterator[str]:
    if outcome.unknown and not outcome.succeeded:
        yield f"{outcome.layer}: what would change is not known"
        return
    changes = managed(outcome.changes.real)
    stay = len(managed(outcome.changes.every)) - len(changes)
    yield f"{outcome.layer}: {whole([outcome], TO_COME)}; {stay} stay as they are"
    for tool in sorted({change.tool for change in changes}):
        yield f"  {tool or 'your own resources'}"
        for change in changes:
            if change.tool == tool:
                yield from _change(change, lost)


def _change(change: Change, lost: dict[str, Loss]) -> Iterator[str]:
    sign = SIGNS[change.operation]
    yield f"    {sign} {change.type}  {change.name}{_why(change)}"
    if loss := lost.get(change.urn):
        yield f"      ! {loss}"


def _why(change: Change) -> str:
    if change.operation is Operation.REPLACE:
        return f"  because of {_paths(change.replaced_for)}" if change.replaced_for else ""
    if change.operation is Operation.UPDATE:
        return f"  {_paths([item.path for item in change.differences])}"
    return ""


def _paths(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:_PATHS_SHOWN])
    more = len(paths) - _PATHS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
