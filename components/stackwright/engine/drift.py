"""What is no longer as it was deployed, and what `up` would make of it.

Each layer is looked at twice, and neither look writes anything: the real resources against the
state, which finds drift, and the program against the real resources, which tells what becomes of
it. A resource that could not be read is listed as such; nothing is said about it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pulumi.automation import PreviewResult

from stackwright.engine.changes import Change, Changes
from stackwright.engine.deployed import managed
from stackwright.engine.drifted_property import DriftedProperty, Fate, compared_property
from stackwright.engine.events import Event, Operation, ResourceEvent, Status
from stackwright.engine.failures import Failure
from stackwright.engine.operations import Action, Outcome, announced
from stackwright.engine.redaction import Redactor
from stackwright.engine.scratch import HONEST
from stackwright.engine.state import State, read_state
from stackwright.engine.workspace import LayerFolder, QuietStack
from stackwright.urns import is_managed

if TYPE_CHECKING:
    from pulumi.automation.events import EngineEvent, StepEventMetadata

SCHEMA = "stackwright.drift/v1"

Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Drifted:
    """One resource that is not as it was deployed."""

    urn: str
    type: str
    name: str
    tool: str
    """Instance of the blueprint that it belongs to; empty for the program's own resources."""
    gone: bool
    """True when it is not there any more."""
    properties: tuple[DriftedProperty, ...]
    by: Operation | None
    """What `up` would do to it; None when that is not known."""

    @property
    def fate(self) -> Fate:
        """What becomes of it; `stays` when one property stays at least."""
        if self.by is None:
            return Fate.UNKNOWN
        fates = {item.fate for item in self.properties}
        if Fate.STAYS in fates or self.by is Operation.SAME:
            return Fate.STAYS
        return Fate.REVERTED


@dataclass(frozen=True, slots=True)
class LayerDrift:
    """What was found in one layer."""

    layer: str
    compared: int
    """Resources that were read."""
    drifted: tuple[Drifted, ...] = ()
    unread: tuple[str, ...] = ()
    """URNs of resources that were not read; nothing is known about them."""
    also: tuple[Change, ...] = ()
    """What `up` would change besides: what follows from drift, or was not deployed yet."""
    failure: Failure | None = None
    """Why not everything was read."""
    unclear: Failure | None = None
    """Why it is not known what `up` would do."""


def layer_drift(folder: LayerFolder, instances: frozenset[str], tell: Tell) -> LayerDrift:
    """Compare one layer; neither state nor anything real is changed.

    Args:
        folder: The layer.
        instances: Names of the blueprint's tools.
        tell: Called with each event, also from other threads.

    Raises:
        StackMissing: It was never deployed.
        StateDamaged, StateTooNew, StateOutOfReach: Its state cannot be read.
        EngineStopped: A person or a signal stopped it.
    """
    folder = dataclasses.replace(folder, variables={**folder.variables, **HONEST})
    stack = folder.stack()
    state = read_state(stack)
    steps: dict[str, StepEventMetadata] = {}
    listening = _ListenedStack(stack, partial(_keep_difference, steps))
    seen = announced(folder, listening, Action.PREVIEW_REFRESH, instances, tell)
    redact = Redactor.of_environment(folder.process_variables)
    if not seen.succeeded:
        return compared(seen, steps, state, None, redact=redact)
    program: list[Event] = []

    def told(event: Event) -> None:
        tell(event)
        # The preview reads everything once more before it asks the program.
        if not (isinstance(event, ResourceEvent) and event.operation is Operation.REFRESH):
            program.append(event)

    asked = announced(folder, stack, Action.PREVIEW, instances, told, refresh=True)
    wanted = Changes.of(program) if asked.succeeded else None
    return compared(seen, steps, state, wanted, asked.failure, redact)


def compared(
    seen: Outcome,
    steps: Mapping[str, StepEventMetadata],
    state: State,
    wanted: Changes | None,
    unclear: Failure | None = None,
    redact: Callable[[str], str] = str,
) -> LayerDrift:
    """Return what two previews say.

    Args:
        seen: Preview of a refresh.
        steps: URN -> the engine's own words for each resource that it found different.
        state: What was deployed.
        wanted: What the program would change in what is really there; None when not known.
        unclear: Why that is not known.
        redact: Hides secrets in values.
    """
    read = {
        change.urn
        for change in seen.changes.every
        if change.custom and change.status is Status.DONE
    }
    answered_for = {one.urn for one in managed(state)}
    drifted = tuple(
        _drifted(change, steps.get(change.urn), wanted, redact)
        for change in seen.changes.of_operation(Operation.UPDATE, Operation.DELETE)
        if change.urn in read
    )
    told = {item.urn for item in drifted}
    # Providers are asked otherwise here than by `up` (HONEST), so they differ from the state.
    also = [one for one in wanted.real if is_managed(one.type, one.custom)] if wanted else []
    return LayerDrift(
        layer=seen.layer,
        compared=len(read & answered_for),
        drifted=drifted,
        unread=tuple(urn for urn in state.by_urn if urn in answered_for - read),
        also=tuple(change for change in also if change.urn not in told),
        failure=seen.failure,
        unclear=unclear,
    )


def as_json(environment: str, layers: Sequence[LayerDrift]) -> dict[str, Any]:
    """Return what was found as one versioned JSON object."""
    return {
        "schema": SCHEMA,
        "environment": environment,
        "drifted": sum(len(layer.drifted) for layer in layers),
        "layers": [_layer_json(layer) for layer in layers],
    }


def _layer_json(layer: LayerDrift) -> dict[str, Any]:
    return {
        "layer": layer.layer,
        "compared": layer.compared,
        "drifted": [
            {**dataclasses.asdict(item), "by": item.by, "fate": item.fate} for item in layer.drifted
        ],
        "unread": list(layer.unread),
        "also": [
            {"urn": change.urn, "type": change.type, "name": change.name, "tool": change.tool}
            | {"operation": change.operation}
            for change in layer.also
        ],
        "failure": str(layer.failure) if layer.failure else "",
        "unclear": str(layer.unclear) if layer.unclear else "",
    }


class _ListenedStack(QuietStack):
    """A stack whose refresh previews are heard by two: our events carry no values."""

    def __init__(self, stack: QuietStack, heard: Callable[[EngineEvent], None]) -> None:
        # The stack was selected already, which takes a run of the engine.
        vars(self).update(vars(stack))
        self._heard = heard

    def preview_refresh(self, *_: Any, **options: Any) -> PreviewResult:
        """Preview a refresh, with options by name."""
        told = options.pop("on_event")

        def both(event: EngineEvent) -> None:
            self._heard(event)
            told(event)

        return super().preview_refresh(on_event=both, **options)


def _keep_difference(steps: dict[str, StepEventMetadata], event: EngineEvent) -> None:
    if event.res_outputs_event and event.res_outputs_event.metadata.op.value == "update":
        steps[event.res_outputs_event.metadata.urn] = event.res_outputs_event.metadata


def _drifted(
    change: Change,
    step: StepEventMetadata | None,
    wanted: Changes | None,
    redact: Callable[[str], str],
) -> Drifted:
    meant = None if wanted is None else _meant(change.urn, wanted)
    gone = change.operation is Operation.DELETE
    properties = (
        ()
        if gone or step is None
        else tuple(compared_property(item, step, meant, redact) for item in change.differences)
    )
    return Drifted(
        urn=change.urn,
        type=change.type,
        name=change.name,
        tool=change.tool,
        gone=gone,
        properties=properties,
        by=None if meant is None else meant.operation,
    )


def _meant(urn: str, wanted: Changes) -> Change:
    """Return what the program would do to a resource; nothing if it does not know it."""
    same = Change("", urn, "", "", "", Operation.SAME, Status.DONE)
    return next((change for change in wanted.every if change.urn == urn), same)
