"""One run of the engine on one stack, and what became of it, told by its events.

An exit code alone proves nothing: a run that says no summary has not come to its end.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pulumi.automation import CommandError
from pulumi.automation.errors import InvalidVersionError

from stackwright.engine.changes import Changes
from stackwright.engine.command import EngineStopped
from stackwright.engine.event_reader import EventReader
from stackwright.engine.events import Diagnostic, Event, Phase, Status, Summary
from stackwright.engine.failures import Failure, explain, interrupted
from stackwright.engine.redaction import Redactor
from stackwright.engine.workspace import LayerFolder, QuietStack


class Action(StrEnum):
    """What the engine is asked to do."""

    PREVIEW = "preview"
    UP = "up"
    REFRESH = "refresh"
    PREVIEW_REFRESH = "preview-refresh"
    DESTROY = "destroy"
    PREVIEW_DESTROY = "preview-destroy"


_CHANGING = (Action.UP, Action.REFRESH, Action.DESTROY)
"""What writes the state, and holds a lock meanwhile."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did to one layer."""

    layer: str
    action: Action
    changes: Changes
    diagnostics: tuple[Diagnostic, ...]
    seconds: float
    """Wall time."""
    failure: Failure | None = None
    """Why it did not come to its end; None when it did."""
    counts: dict[str, int] | None = None
    """The engine's own count by operation; None when it gave none."""
    exports_differ: bool = False
    """True when the values that the stack exports are not what they were."""

    @property
    def succeeded(self) -> bool:
        """Tell whether the engine came to its end and everything was done."""
        return self.failure is None

    @property
    def changing(self) -> bool:
        """Tell whether something is changed: a resource, or a value that the stack exports."""
        return bool(self.changes.real) or self.exports_differ

    @property
    def unknown(self) -> bool:
        """Tell whether nothing can be said about the resources, because no event was read."""
        return self.counts is None and not self.changes.every


def run(
    folder: LayerFolder,
    stack: QuietStack,
    action: Action,
    instances: frozenset[str],
    told: Callable[[Event], None] = lambda _: None,
    **options: Any,
) -> Outcome:
    """Run the engine once.

    Args:
        folder: The layer.
        stack: Its stack.
        action: What to do.
        instances: Names of the blueprint's tools.
        told: Called with each event, from another thread.
        options: More arguments of the Automation API's method, such as `target`.

    Raises:
        EngineStopped: A person or a signal stopped it; what was done before stands in the state.
    """
    redact = Redactor.of_environment(folder.process_variables)
    reader = EventReader(folder.layer.value, instances, redact, told)
    begin = time.monotonic()
    failure: Failure | None = None
    try:
        with _listening() as unread:
            _method(stack, action)(on_event=reader, color="never", **options)
    except CommandError as error:
        failure = explain(error, reader.events, folder)
    except EngineStopped as error:
        error.events = tuple(reader.events)
        raise
    except (InvalidVersionError, RuntimeError, ValueError, KeyError) as error:
        # The Automation API fails so when there is no summary, of which more is said below.
        if any(isinstance(event, Summary) for event in reader.events):
            failure = Failure(f"the engine's answer could not be read: {redact(str(error))[:200]}")
    if unread:
        failure = failure or _not_understood(len(unread))
    if reader.interrupted:
        failure = failure or interrupted()
    return _outcome(folder, action, reader, time.monotonic() - begin, failure)


def announced(
    folder: LayerFolder,
    stack: QuietStack,
    action: Action,
    instances: frozenset[str],
    tell: Callable[[Event], None],
    **options: Any,
) -> Outcome:
    """Run the engine once, and tell that it begins and how it ended; see `run`."""
    tell(Phase(folder.layer.value, action.value, Status.STARTED))
    outcome = run(folder, stack, action, instances, tell, **options)
    status = Status.DONE if outcome.succeeded else Status.FAILED
    tell(Phase(folder.layer.value, action.value, status, str(outcome.failure or "")))
    return outcome


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect what the Automation API warns of events that it cannot read.

    Its warnings hold the events whole, with all that stands in the state.
    """
    unread: list[str] = []
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            yield unread
        finally:
            texts = [str(one.message) for one in heard]
            unread += [text for text in texts if text.startswith("Failed to parse engine event")]
    for one, text in zip(heard, texts, strict=True):
        if text not in unread and not text.startswith("Error in event stream"):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def _not_understood(count: int) -> Failure:
    return Failure(
        f"the engine told {count} things that this version of Stackwright does not understand, "
        "so what it did is not known for sure.",
        mend="Update Stackwright, or look with: pulumi preview",
    )


def _outcome(
    folder: LayerFolder,
    action: Action,
    reader: EventReader,
    seconds: float,
    failure: Failure | None,
) -> Outcome:
    events = reader.events
    summaries = [event for event in events if isinstance(event, Summary)]
    recover = f"Next: stackwright recover -e {folder.environment}"
    if failure is None and not summaries:
        changing = action in _CHANGING
        failure = Failure(
            "the engine ended without saying what it did.",
            mend=recover if changing else "Next: stackwright doctor",
            recover=changing,
        )
    if failure is None and summaries[-1].maybe_corrupt:
        failure = Failure(
            "the engine says that its state may be damaged.", mend=recover, recover=True
        )
    return Outcome(
        layer=folder.layer.value,
        action=action,
        changes=Changes.of(events),
        diagnostics=tuple(event for event in events if isinstance(event, Diagnostic)),
        seconds=seconds,
        failure=failure,
        counts=dict(summaries[-1].counts) if summaries else None,
        exports_differ=reader.exports_differ,
    )


def _method(stack: QuietStack, action: Action) -> Callable[..., Any]:
    methods: dict[Action, Callable[..., Any]] = {
        Action.PREVIEW: stack.preview,
        Action.UP: stack.up,
        Action.REFRESH: stack.refresh,
        Action.PREVIEW_REFRESH: stack.preview_refresh,
        Action.DESTROY: stack.destroy,
        Action.PREVIEW_DESTROY: stack.preview_destroy,
    }
    return methods[action]
