"""Three ways to follow a run: a live tree, plain lines, and a stream of JSON events.

Views are fed from other threads; each call is whole before the next begins.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from stackwright.engine.events import (
    Diagnostic,
    End,
    Event,
    Finding,
    Operation,
    Phase,
    ResourceEvent,
    Status,
    as_json,
)
from stackwright_cli import console
from stackwright_cli.deploying.board import Board

if TYPE_CHECKING:
    from rich.console import RenderableType

SIGNS = {
    Operation.CREATE: "+",
    Operation.UPDATE: "~",
    Operation.REPLACE: "±",
    Operation.DELETE: "-",
    Operation.IMPORT: "=",
    Operation.SAME: " ",
    Operation.READ: " ",
    Operation.REFRESH: " ",
}

DOING = {
    "preview": "looking at what would change",
    "up": "deploying",
    "refresh": "reading what is there",
    "destroy": "destroying",
    "preview-refresh": "reading what is there",
    "preview-destroy": "looking at what would go",
    "checks": "checking what the plan assumes",
    "readiness": "waiting until everything is ready",
}

_PER_SECOND = 4
_IN_FLIGHT_SHOWN = 2


class View(Protocol):
    """Follows a run."""

    def __call__(self, event: Event) -> None:
        """Show one event."""

    def told(self, sentence: str) -> None:
        """Show a sentence for people, such as that the run is being stopped."""

    def paused(self) -> Any:
        """Return a context in which a person can be asked."""


@contextmanager
def following(capabilities: Mapping[str, str], format_: str) -> Iterator[View]:
    """Follow a run the way that suits who is there.

    Args:
        capabilities: Tool -> capability.
        format_: `json` for a stream of events on standard output; else people are told on
            standard error: a live tree at a terminal, a line for each thing done elsewhere.
    """
    if format_ == "json":
        yield JsonStream()
    elif console.has_colour(sys.stderr):
        live = LiveTree(capabilities)
        with live.shown():
            yield live
    else:
        yield Lines()


class JsonStream:
    """One JSON object on each line, each with the schema's version and a number."""

    def __init__(self) -> None:
        self._sequence = 0
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Write an event."""
        with self._lock:
            self._sequence += 1
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            data = as_json(event, self._sequence, now)
            console.out(json.dumps(data, sort_keys=True, ensure_ascii=True))
            console.flush()

    def told(self, sentence: str) -> None:
        """Write a sentence as a diagnostic."""
        self(Diagnostic("", "info", sentence))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do nothing: a stream is not in the way of a question."""
        yield


class Lines:
    """A line on standard error for each thing that is done, for logs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._preview = False

    def __call__(self, event: Event) -> None:
        """Write what is worth a line."""
        with self._lock:
            if isinstance(event, Phase):
                self._preview = event.action.startswith("preview")
            for line in self._lines(event):
                console.err(line)

    def told(self, sentence: str) -> None:
        """Write a sentence."""
        console.err(sentence)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do nothing: lines are not in the way of a question."""
        yield

    def _lines(self, event: Event) -> Iterator[str]:
        layer = "" if isinstance(event, End) else event.layer
        where = f"{layer}: " if layer else ""
        if isinstance(event, Phase) and event.status is Status.STARTED:
            yield f"{where}{DOING.get(event.action, event.action)}"
        elif isinstance(event, Phase) and event.status is Status.DONE and event.message:
            yield f"{where}{event.message}"
        elif isinstance(event, Finding) and event.state not in ("ok", "skipped"):
            yield f"{where}{event.subject}: {event.message}".rstrip(": ")
        elif isinstance(event, Diagnostic) and event.severity in ("warning", "error"):
            yield f"{where}{event.severity}: {event.message}"
        elif isinstance(event, ResourceEvent) and not self._preview:
            line = resource_line(event)
            if line:
                yield f"{where}{line}"


def resource_line(event: ResourceEvent) -> str:
    """Return a line for an operation that has ended; empty for one that says nothing new."""
    sign = SIGNS[event.operation].strip()
    if not sign or event.status is Status.STARTED or not event.custom:
        return ""
    failed = " FAILED" if event.status is Status.FAILED else ""
    return f"{sign} {event.tool or 'own'}  {event.type}  {event.name}{failed}"


class LiveTree:
    """A tree by capability that is drawn anew several times a second."""

    def __init__(self, capabilities: Mapping[str, str]) -> None:
        from rich.console import Console
        from rich.live import Live

        self._board = Board(capabilities)
        self._lock = threading.Lock()
        self._console = Console(stderr=True)
        self._live = Live(
            console=self._console,
            get_renderable=self._drawn,
            refresh_per_second=_PER_SECOND,
            transient=True,
        )

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draw until the block ends."""
        with self._live:
            yield

    def __call__(self, event: Event) -> None:
        """Take an event in; what must not be missed is printed above the tree."""
        with self._lock:
            self._board(event)
        if isinstance(event, Phase) and event.status is not Status.STARTED:
            self._settled(event)
        elif isinstance(event, Diagnostic) and event.severity == "error" and event.urn:
            self._print(f"{event.layer}: {event.message}", "red")
        elif isinstance(event, Finding) and event.state in ("failed", "unknown"):
            self._print(f"{event.subject}: {event.message}", "yellow")

    def told(self, sentence: str) -> None:
        """Print a sentence above the tree."""
        self._print(sentence, "bold")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the tree away while a person is asked."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def _settled(self, phase: Phase) -> None:
        with self._lock:
            seconds = self._board.clock() - self._board.begun
        mark, colour = ("✓", "green") if phase.status is Status.DONE else ("✗", "red")
        doing = DOING.get(phase.action, phase.action)
        layer = f"{phase.layer} " if phase.layer else ""
        message = f"  {phase.message}" if phase.status is Status.DONE and phase.message else ""
        self._print(f"{mark} {layer}{doing}  {duration(seconds)}{message}", colour)

    def _print(self, text: str, style: str) -> None:
        from rich.text import Text

        self._live.console.print(Text(console.visible(text), style=style))

    def _drawn(self) -> RenderableType:
        from rich.text import Text
        from rich.tree import Tree

        with self._lock:
            board = self._board
            elapsed = duration(board.clock() - board.begun) if board.begun else ""
            doing = DOING.get(board.action, board.action)
            tree = Tree(Text(f"{board.layer} {doing}  {elapsed}".strip(), style="bold"))
            if board.action.startswith("preview"):
                tree.label = Text(f"{tree.label}  {board.resources} resources", style="bold")
                return tree
            for row in board.working:
                name = row.tool if row.tool == row.capability else f"{row.capability} {row.tool}"
                count = f"{row.done}/{row.total}"
                style = "red" if row.failed else "green" if row.mark == "✓" else ""
                branch = tree.add(Text(f"{row.mark} {name.strip():<24} {count}", style=style))
                for what, since in list(row.in_flight.values())[:_IN_FLIGHT_SHOWN]:
                    branch.add(Text(f"{what}  {duration(board.clock() - since)}", style="dim"))
                more = len(row.in_flight) - _IN_FLIGHT_SHOWN
                if more > 0:
                    branch.add(Text(f"and {more} more", style="dim"))
            return tree


def duration(seconds: float) -> str:
    """Return seconds as people say them: `8 s`, `3 min 20 s`."""
    whole = int(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
