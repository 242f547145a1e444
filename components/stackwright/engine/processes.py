"""Processes that must not outlive their purpose: the engine and the plugins that it starts.

The engine runs in a session of its own, so a Ctrl-C at the terminal reaches us alone and we pass
it on. Its plugins put themselves into process groups of their own, but stay in the session: what
is left of a session when its leader has ended is killed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil

_PR_SET_PDEATHSIG = 1
"""Option of prctl(2): the signal that the kernel sends when the parent has died."""


def stopped_with_parent() -> Callable[[], None] | None:
    """Return what a child calls before its program starts, so that it is stopped if we are killed.

    It gets SIGINT, as from Ctrl-C: an engine then finishes what is in flight and saves its state.
    None where the system knows no such thing (it is Linux's).
    """
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)

    return ask


def kill_session(leader: int) -> int:
    """Kill every process of a session; return how many there were.

    Args:
        leader: Process that began the session; it may have ended already.
    """
    killed = 0
    for identifier in _session(leader):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(identifier, signal.SIGKILL)
            killed += 1
    return killed


def _session(leader: int) -> Iterator[int]:
    for identifier in psutil.pids():
        with suppress(OSError):
            if os.getsid(identifier) == leader:
                yield identifier
