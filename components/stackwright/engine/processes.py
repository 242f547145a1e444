"""Processes that must not outlive their purpose: the engine and the plugins that it starts.

The engine runs in a session of its own, so a Ctrl-C at the terminal reaches us alone and we pass
it on. Its plugins put themselves into process groups of their own, but stay in the session: what
is left of a session when its leader has ended is killed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

import psutil

from stackwright.engine import launcher


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
