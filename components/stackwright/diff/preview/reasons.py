"""Why the real engine says otherwise of a resource than the diff of two plans."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from stackwright.diff.changes import Action, Effect, ResourceChange
from stackwright.diff.preview.stream import PreviewStream
from stackwright.engine.changes import Change
from stackwright.engine.events import Operation, Status
from stackwright.plan.graph import Plan, Resource, origins

ABSENT = "absent"
"""Our word for a resource that the engine does not name: neither its state nor the program has
it."""


class Reason(StrEnum):
    """Why the engine says otherwise."""

    RULE = "rule"
    """It replaces what we would update, or the reverse: our rule is missing or wrong."""
    DRIFT = "drift"
    """Somebody changed or deleted the real thing by other means."""
    STATE = "state"
    """What is deployed is not what the base says: never deployed, behind, or ahead."""
    CONFIGURATION = "configuration"
    """A property differs that is equal on both sides of the diff."""


class Known:
    """What a refresh found, and what the later plan says.

    Args:
        stream: What the engine said.
        head: Plan of the later side, where it is at hand.
    """

    def __init__(self, stream: PreviewStream, head: Plan | None) -> None:
        reads = [one for one in stream.events if one.operation is Operation.REFRESH]
        done = [one for one in reads if one.status is Status.DONE]
        self.read = frozenset(one.urn for one in done)
        """URNs of what the engine looked at."""
        self.drifted: Mapping[str, tuple[str, ...]] = {
            one.urn: tuple(item.path for item in one.differences) for one in done if one.differences
        }
        """URN -> properties that are not as they were deployed."""
        self._planned: Mapping[str, Resource] = (
            {one.urn: one for _, one in head.resources()} if head else {}
        )

    def has_values(self, change: Change) -> bool:
        """Tell whether the plan knows the value of every property that the engine names."""
        resource = self._planned.get(change.urn)
        tops = {_top(item.path) for item in change.differences}
        return (
            resource is not None
            and bool(tops)
            and not any(list(origins(resource.inputs.get(top))) for top in tops)
        )


def reason(
    urn: str, ours: ResourceChange | None, engine: Change | None, known: Known
) -> tuple[Reason, str] | None:
    """Return why the engine says otherwise, and a sentence; None when it agrees.

    Args:
        urn: The resource.
        ours: What the diff says; None for no change.
        engine: What the engine says; None when it does not name it.
        known: What else is known.
    """
    operation = engine.operation.value if engine else ABSENT
    found = _drift(urn, operation, known)
    if found or _agree(ours, operation):
        return found
    if ours is None and engine is not None and operation in ("update", "replace"):
        if known.has_values(engine):
            return Reason.STATE, _BEHIND
        return Reason.CONFIGURATION, _ELSEWHERE
    if ours is not None and {ours.action.value, operation} == {"update", "replace"}:
        return _replacing(ours, engine)
    return Reason.STATE, _state(ours, operation)


_BEHIND = (
    "Both sides of the diff give it the same inputs, and the plan knows them: another version than"
    " the base is deployed."
)

_ELSEWHERE = (
    "Both sides of the diff give it the same inputs. Either another version than the base is"
    " deployed, or it follows a value that is known only after deployment, or a default of the"
    " provider."
)


def _drift(urn: str, operation: str, known: Known) -> tuple[Reason, str] | None:
    if urn in known.drifted:
        after = "The change would stay" if operation == "same" else "The deployment would act on it"
        paths = ", ".join(known.drifted[urn])
        return Reason.DRIFT, f"It was changed by other means ({paths}). {after}."
    if operation == "create" and urn in known.read:
        return Reason.DRIFT, "It was deleted by other means, and would be made again."
    return None


_EXPECTED: Mapping[Action, tuple[str, ...]] = {
    Action.CREATE: ("create",),
    Action.UPDATE: ("update",),
    Action.REPLACE: ("replace",),
    Action.DELETE: ("delete",),
    Action.FORGET: ("delete",),
    Action.MOVE: ("same", "update"),
    Action.RENAME: ("same", "update"),
    Action.IMPORT: ("import", "same"),
    Action.READ: ("read", "same", ABSENT),
}
"""Action -> what the engine says when it agrees; it has no word of its own for an alias."""


def _agree(ours: ResourceChange | None, operation: str) -> bool:
    if ours is None:
        return operation == Operation.SAME
    if operation in _EXPECTED[ours.action]:
        return True
    return operation == "same" and ours.action is Action.UPDATE and _is_quiet(ours)


def _is_quiet(ours: ResourceChange) -> bool:
    """Tell whether only options differ, or what the engine ignores: it calls that the same."""
    return all(one.effect is Effect.NONE for one in ours.properties)


def _replacing(ours: ResourceChange, engine: Change | None) -> tuple[Reason, str]:
    """Judge an update that the engine calls a replacement, or the reverse."""
    if ours.action is Action.REPLACE:
        return Reason.RULE, "The engine updates it in place; we said that it is replaced."
    forcing = engine.replaced_for if engine else ()
    changed = {_top(one.path) for one in ours.properties}
    if not forcing or any(_top(path) not in changed for path in forcing):
        return Reason.CONFIGURATION, _FOR_SOMETHING_ELSE
    before = "nobody had measured that" if ours.uncertain else "we said that it does not"
    return Reason.RULE, f"The engine replaces it for {', '.join(forcing)}; {before}."


_FOR_SOMETHING_ELSE = (
    "The engine replaces it for what is equal on both sides of the diff: what is deployed is not"
    " what the base says, or it follows a value that is known only after deployment."
)


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _state(ours: ResourceChange | None, operation: str) -> str:
    """Say how the state is not what the base says."""
    sentences = {
        "create": "The base has it and it is not deployed: it would be made.",
        "delete": "The state holds it and the later side does not: it would be deleted.",
        ABSENT: "It is not deployed: there is nothing to do.",
    }
    if operation in sentences:
        return sentences[operation]
    if ours is not None and (ours.action is Action.CREATE or operation == "same"):
        return "It is deployed already: the state is ahead of the base."
    return "It is not deployed as the base says."
