"""Runs several workers on one socket, starts those anew that end, and ends them all together."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from .metrics import forget_worker

LOGGER = logging.getLogger(__name__)
TICK_SECONDS = 0.1
FIRST_RESTART_SECONDS = 0.5
LONGEST_RESTART_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A worker that lived so long is started anew without waiting."""


@dataclass
class _Place:
    """One of the workers, and how its restarts are spaced."""

    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    wait: float = FIRST_RESTART_SECONDS


class Supervisor:
    """Keeps `count` processes of `command` running until SIGTERM or SIGINT."""

    def __init__(
        self, command: Sequence[str], count: int, listener: socket.socket, longest_end: float
    ) -> None:
        """Start nothing yet.

        `command` gets `--listener` and `--parent` with file descriptors: the socket, and the end
        of a pipe that closes when this process is gone, however it went. Workers that have not
        ended `longest_end` seconds after the signal are killed.
        """
        self._command = list(command)
        self._places = [_Place() for _ in range(count)]
        self._listener = listener
        self._longest_end = longest_end
        self._stopping = False

    def run(self) -> None:
        """Run until a signal; return when no worker is left."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        watched, held = os.pipe()
        try:
            while not self._stopping:
                for place in self._places:
                    self._look_after(place, watched)
                time.sleep(TICK_SECONDS)
        finally:
            # While this copy is open the system goes on to queue connections that no one takes.
            self._listener.close()
            self._end_all()
            os.close(held)
            os.close(watched)

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _look_after(self, place: _Place, watched: int) -> None:
        now = time.monotonic()
        if place.process is None:
            if now >= place.start_at:
                place.process, place.started = self._start(watched), now
            return
        code = place.process.poll()
        if code is None:
            return
        forget_worker(place.process.pid)
        steady = now - place.started >= STEADY_SECONDS
        place.wait = FIRST_RESTART_SECONDS if steady else place.wait
        LOGGER.error(
            "worker %d ended with %d; a new one starts in %.1f seconds",
            place.process.pid,
            code,
            place.wait,
        )
        place.process, place.start_at = None, now + place.wait
        place.wait = min(place.wait * 2, LONGEST_RESTART_SECONDS)

    def _start(self, watched: int) -> subprocess.Popen[bytes]:
        listener = self._listener.fileno()
        return subprocess.Popen(  # noqa: S603 - our own module, with numbers
            [*self._command, "--listener", str(listener), "--parent", str(watched)],
            pass_fds=(listener, watched),
            stdin=subprocess.DEVNULL,
        )

    def _end_all(self) -> None:
        running = [place.process for place in self._places if place.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + self._longest_end
        for process in running:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                LOGGER.error("worker %d did not end in time and is killed", process.pid)
                process.kill()
                process.wait()


def worker_command(environment: str, drain_seconds: float) -> list[str]:
    """Return the command of one worker, without its file descriptors."""
    module = f"{__package__}.worker"
    options = ["--environment", environment, "--drain-seconds", str(drain_seconds)]
    return [sys.executable, "-m", module, *options]
