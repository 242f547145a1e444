"""Reads what `stackwright preview --format json` wrote, trusting none of it.

A job that has credentials writes the stream; another job, which may post, reads it as data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from stackwright.blueprint.shown import shown
from stackwright.engine.events import SCHEMA, End, Operation, Phase, ResourceEvent, Status
from stackwright.errors import InputError, Problem

LARGEST_BYTES = 64 * 1024 * 1024
"""A preview of 10,000 resources takes about 12 MB; what is larger was not made by us."""

_LONGEST_LINE = 1024 * 1024

_MOST_PROBLEMS = 10

_PREVIEW = "preview"

_READ: dict[str, type[Any]] = {"resource": ResourceEvent, "phase": Phase, "end": End}
"""Kinds of events that are judged; those of other kinds are left out."""

_Event: TypeAlias = ResourceEvent | Phase | End


@dataclass(frozen=True, slots=True)
class PreviewStream:
    """What the engine said of one environment."""

    environment: str
    events: tuple[ResourceEvent, ...]
    whole: tuple[str, ...]
    """Layers that were previewed to the end, in order."""
    partial: tuple[str, ...]
    """Layers whose preview began and failed, or was cut off: what is not named may change too."""

    @property
    def refreshed(self) -> bool:
        """Tell whether the engine looked at what is really there (`preview --refresh`)."""
        return any(event.operation is Operation.REFRESH for event in self.events)


def read_preview(data: bytes, file: str) -> PreviewStream:
    """Read a stream of events, one JSON object in each line.

    Args:
        data: The file's content.
        file: Its name, for problems.

    Raises:
        InputError: It is too large, no such stream, or the stream of something else than a
            preview.
    """
    events = tuple(_events(data, file))
    ends = [event for event in events if isinstance(event, End)]
    if len(ends) != 1 or not ends[0].environment:
        hint = "Make one: stackwright preview -e ENVIRONMENT --format json."
        raise InputError([Problem("this is no finished preview.", file=file, hint=hint)])
    begun, whole = _layers(events, file)
    return PreviewStream(
        environment=ends[0].environment,
        events=tuple(event for event in events if isinstance(event, ResourceEvent)),
        whole=tuple(layer for layer in begun if layer in whole),
        partial=tuple(layer for layer in begun if layer not in whole),
    )


def _layers(events: tuple[_Event, ...], file: str) -> tuple[dict[str, None], set[str]]:
    """Return the layers whose preview began, and those of them that it ended well for."""
    phases = [event for event in events if isinstance(event, Phase) and event.layer]
    other = next((phase.action for phase in phases if phase.action != _PREVIEW), "")
    if other:
        message = f"this tells of {shown(other)} and not of a preview."
        raise InputError([Problem(message, file=file)])
    begun = dict.fromkeys(phase.layer for phase in phases)
    return begun, {phase.layer for phase in phases if phase.status is Status.DONE}


def _events(data: bytes, file: str) -> Iterator[_Event]:
    if len(data) > LARGEST_BYTES:
        raise InputError([Problem(f"it is larger than {LARGEST_BYTES} bytes.", file=file)])
    problems: list[Problem] = []
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            event = _event(line)
        except ValueError as error:
            problems.append(Problem(str(error), file=file, line=number))
            if len(problems) == _MOST_PROBLEMS:
                break
            continue
        if event is not None:
            yield event
    if problems:
        raise InputError(problems)


def _event(line: bytes) -> _Event | None:
    """Return the event of one line; None for a kind that is not judged.

    Raises:
        ValueError: It is none; the message says so.
    """
    if len(line) > _LONGEST_LINE:
        raise ValueError(f"the line is longer than {_LONGEST_LINE} bytes.")
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("this line is not valid JSON.") from None
    if not isinstance(item, dict) or item.get("schema") != SCHEMA:
        raise ValueError(f"this line is no event of schema {SCHEMA}.")
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in _READ:
        return None
    try:
        event: _Event = _adapter(kind).validate_json(line, strict=True)
    except (ValidationError, RecursionError) as error:
        raise ValueError(f"this event is damaged: {_first(error)}.") from None
    return event


def _first(error: ValidationError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    item = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(_READ[kind])
