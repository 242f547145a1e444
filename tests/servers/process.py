"""A server of a test: a process group on a loopback port, with its log, that always ends."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN = 60.0
"""Seconds that a server has to become ready."""

STOPPED_WITHIN = 10.0
"""Seconds that a server has to stop by itself before it is killed."""

_PORTS = range(20000, 32000)
"""Below the ports that systems give to outgoing connections, so that none of these is taken."""

_LOG_LINES = 40


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def ended(self) -> bool:
        return self.process.poll() is not None

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def last_lines(self) -> str:
        lines = "\n".join(self.text().splitlines()[-_LOG_LINES:])
        return f"--- the end of the log of {self.name}:\n{lines}"

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Ask the whole group to stop, then kill what is left of it."""
        self._signal(by)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOPPED_WITHIN)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


@contextmanager
def running(
    name: str,
    command: Sequence[str | Path],
    *,
    folder: Path,
    ready: Callable[[Server], bool],
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
    stop_by: signal.Signals = signal.SIGTERM,
    within: float = READY_WITHIN,
) -> Iterator[Server]:
    """Run a server until the block ends; a failure inside shows the end of the server's log.

    Args:
        name: For messages and the name of the log.
        command: The program and its arguments; no secret, since a process list shows them.
        folder: Where it runs; its log, `NAME.log`, is written there.
        ready: Whether the server answers.
        environment: All of its environment variables; None for the ones of the test.
        user: Number of the user that it runs as; None for the one of the test.
        stop_by: The signal that asks it to stop.
        within: Seconds to become ready.

    Raises:
        AssertionError: It ended before it was ready, or was not ready in time.
    """
    log = folder / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=environment,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(name, process, log)
    try:
        eventually(lambda: server.ended() or ready(server), f"{name} is not ready", within)
        assert not server.ended(), f"{name} ended with {process.returncode} before it was ready"
        yield server
    except BaseException as error:
        error.add_note(server.last_lines())
        raise
    finally:
        server.stop(stop_by)


def eventually(
    condition: Callable[[], bool], message: str, within: float = READY_WITHIN, every: float = 0.05
) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: It does not hold after `within` seconds.
    """
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, f"{message} after {within:g} s"
        time.sleep(every)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as attempt, suppress(OSError):
            attempt.bind(("127.0.0.1", port))
            return port


def answers(url: str) -> bool:
    """Return whether a GET of the URL is answered with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
