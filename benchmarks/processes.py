"""Runs a command as a process of its own and says what it cost."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

KIB = 1 if sys.platform == "darwin" else 1024
"""Bytes in one unit of `ru_maxrss`: bytes on macOS, KiB elsewhere (getrusage manual page)."""


class Usage(NamedTuple):
    """What a process cost from its start to its end."""

    cpu_seconds: float
    """User and system time."""
    peak_mebibytes: float


def run(command: tuple[str, ...], environment: Mapping[str, str] | None = None) -> Usage:
    """Run `command` in the repository, without input and output; return what it cost.

    Linux counts the memory of the process that starts another one as the other's, so no peak is
    below ours: what measures imports little.

    Args:
        command: An absolute path of a program, and its arguments.
        environment: All variables that it gets; those of this process by default.

    Raises:
        RuntimeError: It failed; what a failing command costs means nothing.
    """
    silent = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    given = compiling(os.environ) if environment is None else environment
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        child = os.posix_spawn(command[0], command, given, file_actions=silent)
    finally:
        os.chdir(here)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"failed: {' '.join(command)}")
    return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * KIB / 1024**2)


def compiling(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without the one that would have Python compile anew at each start."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


def machine() -> dict[str, str | int]:
    """Return what the figures depend on."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count() or 0,
    }


def machine_line() -> str:
    """Return what the figures depend on, as a line for the docs."""
    here = machine()
    return (
        f"Python {here['python']} on {here['system']}, {here['architecture']}, "
        f"{here['cores']} cores."
    )
