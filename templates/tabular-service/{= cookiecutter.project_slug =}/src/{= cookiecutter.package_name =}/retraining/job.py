"""One job at a time: a fixed command in a process of its own."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)

Start = Callable[[Sequence[str]], "subprocess.Popen[bytes]"]
"""Starts a command in a process group of its own."""


def process_starter(folder: Path, environment: Mapping[str, str]) -> Start:
    """Return what starts a command in the folder with exactly this environment, without input."""

    def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - a fixed command, no shell
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    return start


class Job:
    """Runs the command when asked, unless it still runs.

    Args:
        command: the program and its arguments; fixed for the life of the job.
        start: starts the command.
    """

    def __init__(self, command: Sequence[str], start: Start) -> None:
        self._command = tuple(command)
        self._start = start
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    @property
    def running(self) -> bool:
        """Whether the command runs now."""
        process = self._process
        return process is not None and process.poll() is None

    def start(self) -> bool:
        """Start the command; false when it still runs, or the job was stopped.

        Raises:
            OSError: the command cannot be started.
        """
        with self._lock:
            if self._closed or self.running:
                return False
            process = self._process = self._start(self._command)
        threading.Thread(target=_report_end, args=(process,), daemon=True).start()
        return True

    def stop(self, grace: float) -> None:
        """Start nothing more; ask a running command to end, and kill it after ``grace`` seconds."""
        with self._lock:
            self._closed = True
            process = self._process
        if process is None or process.poll() is not None:
            return
        _signal_group(process, signal.SIGTERM)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            logger.warning("retraining did not end within %s seconds and is killed", grace)
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _report_end(process: subprocess.Popen[bytes]) -> None:
    logger.info("retraining ended with exit code %s", process.wait())


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
