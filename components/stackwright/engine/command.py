"""The Pulumi CLI as a process that we answer for: found, checked, stopped, and never left behind.

It takes the place of the Automation API's own runner, which cannot be stopped, keeps all output in
memory and leaves plugins behind when the CLI is killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pulumi.automation import CommandError, CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from stackwright.engine.launcher import CANNOT_RUN
from stackwright.engine.output import OutputReader
from stackwright.engine.processes import kill_session, started
from stackwright.engine.redaction import Redactor
from stackwright.errors import StackwrightError

MINIMUM_VERSION = VersionInfo(3, 208, 0)
"""The first CLI that knows `replacement_trigger`; an older one would leave data unprotected."""

VERSION_WITHIN = 30.0
"""Seconds that `pulumi version` may take."""

GRACE = 60.0
"""Seconds that an engine has to save its state after it was told to stop."""

_POLL = 0.2

INSTALL = "https://www.pulumi.com/docs/iac/download-install/"


class EngineMissing(StackwrightError):
    """The Pulumi CLI is not there, cannot run, or is too old."""


class EngineStopped(StackwrightError):
    """The engine was stopped before its end: by a person, by a signal, or for taking too long."""

    events: tuple[Any, ...] = ()
    """What was read of the run until then."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = code


class EngineCommand(PulumiCommand):
    """Runs `pulumi`, for the Automation API.

    Args:
        told: Called with a sentence when the engine is asked to stop.
        timeout: Seconds that one run may take; None for no limit.

    Raises:
        EngineMissing: There is none, or it is too old.
    """

    def __init__(
        self, told: Callable[[str], None] = lambda _: None, timeout: float | None = None
    ) -> None:
        found = shutil.which("pulumi")
        if found is None:
            raise EngineMissing(f"the Pulumi CLI is not on PATH. Install it: {INSTALL}")
        self.command = found
        self.version = engine_version(found)
        self._told = told
        self._timeout = timeout

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> CommandResult:
        """Run one command of the CLI to its end.

        Raises:
            CommandError: It failed; the class says how, where the Automation API knows.
            EngineStopped: It was interrupted or took too long.
        """
        variables = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        redact = Redactor.of_environment(variables)
        with _process([self.command, "--non-interactive", *args], cwd, variables) as process:
            readers = [
                OutputReader(process.stdout, redact, on_output),
                OutputReader(process.stderr, redact, on_error),
            ]
            with self._signals(process) as stopping:
                self._wait(process, stopping)
            # What outlives the engine would hold its output open.
            kill_session(process.pid)
            for reader in readers:
                reader.join(GRACE)
        result = CommandResult(readers[0].text, readers[1].text, process.returncode)
        stopping.explain(process.returncode)
        _require_run(result)
        if process.returncode != 0:
            error: CommandError = create_command_error(result)
            raise error
        return result

    def _wait(self, process: subprocess.Popen[bytes], stopping: _Stopping) -> None:
        deadline = None if self._timeout is None else time.monotonic() + self._timeout
        while True:
            try:
                process.wait(_POLL)
            except subprocess.TimeoutExpired:
                stopping.press()
                if deadline is not None and time.monotonic() > deadline:
                    deadline = None
                    stopping.too_long(self._timeout or 0)
                continue
            return

    @contextmanager
    def _signals(self, process: subprocess.Popen[bytes]) -> Iterator[_Stopping]:
        """Pass Ctrl-C and SIGTERM on to the engine, for as long as it runs."""
        stopping = _Stopping(process, self._told)
        if threading.current_thread() is not threading.main_thread():
            yield stopping
            return
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, stopping.asked) for number in numbers}
        try:
            yield stopping
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Stopping:
    """What was done to stop an engine: first asked, then told, then killed."""

    def __init__(self, process: subprocess.Popen[bytes], told: Callable[[str], None]) -> None:
        self._process = process
        self._told = told
        self._kill_at: float | None = None
        self._times = 0
        self._reason = ""
        self._code = 1

    def asked(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal that was sent to us."""
        self._times += 1
        name = signal.Signals(number).name
        self._reason = "Ctrl-C" if number == signal.SIGINT else name
        self._code = 128 + number
        if self._times == 1:
            self._told(
                "Stopping: the engine finishes what is in flight and saves its state. "
                "Press Ctrl-C again to stop at once."
            )
        self._interrupt()

    def too_long(self, seconds: float) -> None:
        """Ask an engine to stop that is over its time."""
        self._reason = f"the limit of {seconds / 60:g} minutes"
        self._told(f"Stopping: {self._reason} is over.")
        self._interrupt()

    def press(self) -> None:
        """Kill an engine that was asked long ago."""
        if self._kill_at is not None and time.monotonic() > self._kill_at:
            self._process.kill()

    def explain(self, code: int) -> None:
        """Raise what stopped the engine.

        One that was over its time and came to its own end all the same is done. But who pressed
        Ctrl-C wants nothing more to begin, whatever came to its end meanwhile.
        """
        if self._times or (self._reason and code != 0):
            raise EngineStopped(f"stopped by {self._reason}.", self._code)

    def _interrupt(self) -> None:
        grace = GRACE if self._times < 2 else GRACE / 6
        self._kill_at = time.monotonic() + grace
        if self._times > 2:
            self._process.kill()
        elif self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)


def engine_version(program: str) -> VersionInfo | None:
    """Return the version of a Pulumi CLI; None when it was built without one.

    Raises:
        EngineMissing: It does not run, says no version, or is older than the SDK needs.
    """
    said = _said_version(program)
    try:
        version = VersionInfo.parse(said.removeprefix("v"))
    except ValueError:
        message = f"{program} does not say its version, but {said[:60]!r}. Install it: {INSTALL}"
        raise EngineMissing(message) from None
    if version < MINIMUM_VERSION or version.major != MINIMUM_VERSION.major:
        raise EngineMissing(
            f"{program} is Pulumi {version}; Stackwright needs {MINIMUM_VERSION} or newer of "
            f"version {MINIMUM_VERSION.major}. Install it: {INSTALL}"
        )
    return version


def _said_version(program: str) -> str:
    variables = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    redact = Redactor.of_environment(variables)
    with _process([program, "version"], None, variables) as process:
        readers = [
            OutputReader(stream, redact, None) for stream in (process.stdout, process.stderr)
        ]
        try:
            code = process.wait(VERSION_WITHIN)
        except subprocess.TimeoutExpired:
            message = f"`{program} version` did not answer within {VERSION_WITHIN:g} s."
            raise EngineMissing(message) from None
        kill_session(process.pid)
        for reader in readers:
            reader.join(GRACE)
    _require_run(CommandResult("", readers[1].text, code))
    if code != 0:
        message = f"`{program} version` failed with exit code {code}."
        raise EngineMissing(f"{message} Install Pulumi again: {INSTALL}")
    return readers[0].text.strip()


def _require_run(result: CommandResult) -> None:
    """Raise EngineMissing for a program that could not be started."""
    if result.code == CANNOT_RUN:
        raise EngineMissing(f"{result.stderr}. Install Pulumi again: {INSTALL}")


@contextmanager
def _process(
    command: list[str], folder: str | None, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process in a session of its own; when the block ends nothing of it is left.

    Raises:
        EngineMissing: It cannot be started.
    """
    try:
        process = started(command, folder, variables)
    except OSError as error:
        message = f"{command[0]} cannot be run: {error.strerror}. Install Pulumi again: {INSTALL}"
        raise EngineMissing(message) from None
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        kill_session(process.pid)


def interpreter_first(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables with which the engine runs our programs by the interpreter that runs us."""
    folder = os.path.dirname(sys.executable)  # noqa: PTH120
    path = os.pathsep.join([folder, variables.get("PATH", os.defpath)])
    found = {"PATH": path}
    if sys.prefix != sys.base_prefix:
        found["VIRTUAL_ENV"] = sys.prefix
    return found
