"""Processes that must not outlive their purpose: the engine and the plugins that it starts.

The engine runs in a session of its own, so a Ctrl-C at the terminal reaches us alone and we pass
it on. Its plugins put themselves into process groups of their own, but stay in the session: what
is left of a session when its leader has ended is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import psutil

from stackwright.engine import launcher

_LARGE_PIPE = 1 << 20
"""Bytes that an engine can still write when we are gone; the most that Linux allows everybody."""


def started(
    command: Sequence[str], folder: str | None, variables: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, with pipes for what it writes.

    It holds the reading ends of its pipes too. When we are killed it can go on to write while it
    saves its state: a pipe that nobody reads would end it at once, with its lock in place.

    Raises:
        OSError: It cannot be started.
    """
    pipes = (os.pipe(), os.pipe())
    readers = [reader for reader, _ in pipes]
    try:
        process = subprocess.Popen(  # noqa: S603
            stopped_with_us(command),
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=pipes[0][1],
            stderr=pipes[1][1],
            pass_fds=readers,
            start_new_session=True,
        )
    except OSError:
        for reader in readers:
            os.close(reader)
        raise
    finally:
        for _, writer in pipes:
            os.close(writer)
    for reader in readers:
        _enlarge(reader)
    process.stdout, process.stderr = (os.fdopen(reader, "rb") for reader in readers)
    return process


def _enlarge(pipe: int) -> None:
    if sys.platform.startswith("linux"):
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _LARGE_PIPE)


def stopped_with_us(command: Sequence[str]) -> list[str]:
    """Return a command that does the same and is stopped when this process dies.

    Where the system knows no such thing (it is Linux's), it is the command itself.
    """
    if not sys.platform.startswith("linux"):
        return list(command)
    return [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()), *command]


def kill_session(leader: int) -> int:
    """Kill every process of a session; return how many there were.

    Args:
        leader: Process that began the session; it may have ended already.
    """
    killed: set[int] = set()
    # One that was started while we looked is found in the next round.
    while found := set(_session(leader)) - killed:
        for identifier in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(identifier, signal.SIGKILL)
        killed |= found
    return len(killed)


def _session(leader: int) -> Iterator[int]:
    for identifier in psutil.pids():
        with suppress(OSError):
            if os.getsid(identifier) == leader:
                yield identifier
