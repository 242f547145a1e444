"""Becomes another program that is stopped when the process that started this one dies.

`python -I -S launcher.py PARENT PROGRAM ARGUMENT...`, on Linux. It asks the kernel for SIGINT, as
from Ctrl-C: an engine then finishes what is in flight and saves its state. It is a program of its
own, because no code of ours may run between fork and exec in a process that has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Option of prctl(2): the signal that the kernel sends when the parent has died."""

CANNOT_RUN = 126
"""Exit code of a program that cannot be started, as in a shell."""


def launch(parent: int, command: list[str]) -> int:
    """Become a program; return only when that fails.

    Args:
        parent: Process that started this one; if it is not our parent any more, it has died.
        command: Absolute path of the program, and its arguments.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        return CANNOT_RUN
    try:
        os.execv(command[0], command)  # noqa: S606
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be run: {error.strerror}\n")
    return CANNOT_RUN


if __name__ == "__main__":
    # Not `sys.exit`: this process has nothing to tidy.
    raise SystemExit(launch(int(sys.argv[1]), sys.argv[2:]))
