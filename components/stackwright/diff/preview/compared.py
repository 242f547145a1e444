"""Compares what the real engine says of a change with what was found without it.

The diff of two plans knows no state and no cloud. The engine's preview knows both, so where they
differ its word holds, and the difference itself tells something: drift, a state that is not what
the base says, values that only the deployed environment knows, or a rule of ours that is wrong.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from stackwright.diff.changes import Action, ResourceChange
from stackwright.diff.model import EnvironmentDiff
from stackwright.diff.preview.reasons import ABSENT, Known, Reason, reason
from stackwright.diff.preview.stream import PreviewStream
from stackwright.engine.changes import Change, Changes
from stackwright.engine.events import Operation
from stackwright.plan.graph import Plan

SCHEMA = "stackwright.previewed/v1"

UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PreviewDifference:
    """One resource of which the engine says otherwise."""

    urn: str
    layer: str
    tool: str
    """Instance of the blueprint; empty for the program's own resources."""
    reason: Reason
    ours: str
    """What the diff of the two plans says: an action, or `unchanged`."""
    engine: str
    """What the engine would do, in its own word; `same` or `absent` when nothing."""
    properties: tuple[str, ...]
    """Properties that the engine names: of drift, those that drifted; of a replacement, those
    that force it."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the engine says of one environment, beside what was found without it."""

    environment: str
    refreshed: bool
    """Whether the engine looked at what is really there; drift cannot be seen otherwise."""
    compared: int
    """Resources that were compared, those that stay as they are included."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """The engine's own count: operation -> resources, of those that change."""
    differences: tuple[PreviewDifference, ...] = ()
    """In the order of `Reason`, then as the engine came to them."""
    partial: tuple[str, ...] = ()
    """Layers whose preview did not end well; only what it named is compared."""
    missing: tuple[str, ...] = ()
    """Layers in which something changes and that the engine was not asked about."""

    def to_json(self) -> str:
        """Return the versioned JSON; byte-identical for equal answers."""
        document = {"schema": SCHEMA, **dataclasses.asdict(self)}
        return json.dumps(document, sort_keys=True, indent=1) + "\n"


def previewed(
    environment: EnvironmentDiff, stream: PreviewStream, head: Plan | None = None
) -> Previewed:
    """Return where the engine's preview differs from the diff of two plans, and why.

    Args:
        environment: What was found without the engine.
        stream: What the engine said of the later side, in the same environment.
        head: Plan of the later side. With it, an update of what is equal on both sides is told
            apart: a state that is behind or ahead where the plan knows the value, else
            configuration.

    Raises:
        ValueError: It was said of another environment.
    """
    if environment.environment != stream.environment:
        raise ValueError(f"a preview of {stream.environment}, not of {environment.environment}")
    asked = {*stream.whole, *stream.partial}
    engine = {one.urn: one for one in _program(stream).every if _is_compared(one)}
    ours = {one.urn: one for one in environment.changes if one.custom and one.layer in asked}
    urns = [*engine, *(urn for urn in ours if urn not in engine and _told(ours[urn], stream))]
    known = Known(stream, head)
    found = [_difference(urn, ours.get(urn), engine.get(urn), known) for urn in urns]
    return Previewed(
        environment=environment.environment,
        refreshed=stream.refreshed,
        compared=len(urns),
        counts=_counts(engine),
        differences=tuple(sorted((one for one in found if one), key=_place)),
        partial=stream.partial,
        missing=tuple(
            dict.fromkeys(one.layer for one in environment.managed if one.layer not in asked)
        ),
    )


def _program(stream: PreviewStream) -> Changes:
    """Return what the engine would do, without what it read before it asked the program."""
    return Changes.of(one for one in stream.events if one.operation is not Operation.REFRESH)


def _is_compared(change: Change) -> bool:
    """Tell whether a provider manages it; the providers themselves are compared too."""
    return change.custom and change.operation is not Operation.READ


def _told(change: ResourceChange, stream: PreviewStream) -> bool:
    """Tell whether the engine's silence about a change means something."""
    return change.layer in stream.whole and change.action is not Action.READ


def _counts(engine: Mapping[str, Change]) -> dict[str, int]:
    return dict(
        Counter(
            change.operation.value
            for change in engine.values()
            if change.operation is not Operation.SAME and not change.type.startswith("pulumi:")
        )
    )


def _place(difference: PreviewDifference) -> int:
    return list(Reason).index(difference.reason)


def _difference(
    urn: str, ours: ResourceChange | None, engine: Change | None, known: Known
) -> PreviewDifference | None:
    found = reason(urn, ours, engine, known)
    either = engine or ours
    if found is None or either is None:
        return None
    return PreviewDifference(
        urn=urn,
        layer=either.layer,
        tool=either.tool,
        reason=found[0],
        ours=ours.action.value if ours else UNCHANGED,
        engine=engine.operation.value if engine else ABSENT,
        properties=known.drifted.get(urn) or _named(engine),
        sentence=found[1],
    )


def _named(engine: Change | None) -> tuple[str, ...]:
    if engine is None:
        return ()
    return engine.replaced_for or tuple(item.path for item in engine.differences)
