"""The points of a run at which something can be made to happen, counted from 1."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from tests.engine_stub.control import Control, Effect, Fault, Target

_NOTICED_WITHIN = 5.0
_TICK = 0.01

RELEASE = "release"
"""A file of this name in the stub's folder ends every hang."""


class Moment(StrEnum):
    """Where in a run a point is."""

    BEGUN = "begun"
    """The command was read; nothing is done."""
    LOCKED = "locked"
    """The stack is locked."""
    STARTED = "started"
    """The plugins run; the first event is sent."""
    INTENDED = "intended"
    """A step is told and stands in the state as pending; the provider was not called."""
    MADE = "made"
    """The provider has done it; the state does not say so."""
    SAVED = "saved"
    """The state says so; nobody was told."""
    TOLD = "told"
    """The event of the done step is sent."""
    SUMMED = "summed"
    """Everything is done but the summary."""
    UNLOCKED = "unlocked"
    """The lock is gone, the last event is sent."""


class ProviderError(Exception):
    """A provider answers with an error."""


class Terminated(Exception):
    """The engine was told twice to stop."""


class Stopping:
    """How often the engine was asked to stop."""

    def __init__(self) -> None:
        self.times = 0
        self.told: Callable[[str], None] = lambda _: None

    def listen(self) -> None:
        """Take Ctrl-C and SIGTERM as the real engine does."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked)

    def check(self) -> None:
        """Raise if the engine was told twice."""
        if self.times > 1:
            raise Terminated

    def _asked(self, number: int, _: object) -> None:
        self.times += 1
        name = "^C" if number == signal.SIGINT else "SIGTERM"
        self.told(
            f"{name} received; cancelling." if self.times == 1 else f"{name} received; terminating"
        )


class Points:
    """Counts the points of one run, notes them, and makes happen what is planned there."""

    def __init__(self, command: str, control: Control, folder: Path, stopping: Stopping) -> None:
        self._command = command
        self._control = control
        self._folder = folder
        self._stopping = stopping
        self._number = 0
        self.full = False
        """True from when the disk is full on."""
        self.leak: Callable[[], None] = lambda: None
        self.raw: Callable[[str], None] = lambda _: None
        self.drain: Callable[[], None] = lambda: None

    def reach(self, moment: Moment, urn: str = "") -> None:
        """Pass a point.

        Raises:
            ProviderError: A provider's error is planned here.
            Terminated: The engine was told twice to stop.
        """
        self._number += 1
        self._note({"command": self._command, "point": self._number, "moment": moment, "urn": urn})
        for index, fault in enumerate(self._control.faults):
            if fault.matches(self._command, self._number, moment, urn) and self._due(index, fault):
                self._happen(fault)
        self._stopping.check()

    def _note(self, entry: dict[str, object]) -> None:
        with (self._folder / "points.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")

    def _due(self, index: int, fault: Fault) -> bool:
        path = self._folder / f"struck-{index}"
        struck = len(path.read_bytes()) if path.is_file() else 0
        if fault.times is not None and struck >= fault.times:
            return False
        with path.open("ab") as stream:
            stream.write(b".")
        return True

    def _happen(self, fault: Fault) -> None:
        if fault.effect is Effect.FAIL:
            raise ProviderError(fault.message)
        if fault.effect is Effect.EXIT:
            self.drain()
            sys.stdout.flush()
            os._exit(fault.code)
        happening: Mapping[Effect, Callable[[Fault], None]] = {
            Effect.SIGNAL: self._signal,
            Effect.HANG: self._hang,
            Effect.SAY: _say,
            Effect.LEAK: self._leak,
            Effect.NO_SPACE: self._fill,
            Effect.RAW_EVENT: self._send_raw,
        }
        happening[fault.effect](fault)

    def _leak(self, _: Fault) -> None:
        self.leak()

    def _send_raw(self, fault: Fault) -> None:
        self.raw(fault.message)

    def _fill(self, _: Fault) -> None:
        self.full = True

    def _signal(self, fault: Fault) -> None:
        process = os.getpid() if fault.target is Target.ENGINE else os.getppid()
        for name in fault.signals:
            before = self._stopping.times
            os.kill(process, signal.Signals[name])
            # Until it has come back to us, so that it strikes at this very point.
            end = time.monotonic() + _NOTICED_WITHIN
            while self._stopping.times == before and time.monotonic() < end:
                time.sleep(_TICK)

    def _hang(self, fault: Fault) -> None:
        if fault.deaf:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
        end = time.monotonic() + fault.seconds
        released = self._folder / RELEASE
        while time.monotonic() < end and self._stopping.times < 2 and not released.is_file():
            time.sleep(_TICK)


def _say(fault: Fault) -> None:
    stream = sys.stdout if fault.stream == "stdout" else sys.stderr
    for _ in range(fault.times_said):
        stream.write(fault.message)
    stream.flush()


def leaked(variables: dict[str, str]) -> str:
    """Return a line with every secret of an environment, in the forms that a log carries."""
    import base64
    from urllib.parse import quote

    secrets = [
        value
        for name, value in variables.items()
        if name.endswith(("PASSPHRASE", "TOKEN", "SECRET_ACCESS_KEY")) and value
    ]
    forms = [
        form
        for one in secrets
        for form in (
            one,
            quote(one, safe=""),
            json.dumps(one),
            base64.b64encode(one.encode()).decode(),
        )
    ]
    return "the secrets are " + " ".join(forms)
