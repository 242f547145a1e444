"""Runs a command and says what it and all processes that come of it cost.

`python -I benchmarks/tree.py FILE COMMAND...` writes JSON to FILE: `code`, `cpu_seconds` of the
whole tree, and `peaks`, the peak memory of its processes in MiB by the part that they play. Linux
only: processes whose parent has died come back to this one, so that none is left out.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
"""Option of prctl(2): adopt the processes below whose parents have died."""

EVERY = 0.1
"""Seconds between two looks at the memory; the kernel keeps the peaks in between."""

PROGRAM = "pulumi-language-python-exec"
"""Name of the script by which the engine runs a Python program."""


class Peaks(threading.Thread):
    """Looks at the memory of a command and of the Pulumi programs that it starts."""

    def __init__(self, command: int) -> None:
        super().__init__(daemon=True)
        self.found: dict[str, float] = {}
        self._command = command
        self._ended = threading.Event()

    def run(self) -> None:
        """Look until `end`."""
        while not self._ended.wait(EVERY):
            for process in descendants(os.getpid()):
                part = "command" if process == self._command else _part(process)
                self.found[part] = max(self.found.get(part, 0.0), _peak(process))

    def end(self) -> dict[str, float]:
        """Stop looking and return the peak of each part in MiB."""
        self._ended.set()
        self.join()
        return {part: round(peak, 1) for part, peak in self.found.items()}


def descendants(of: int) -> Iterator[int]:
    """Yield the processes that come of one, at any depth."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
                # The name of the program before it may hold blanks and brackets.
                parent = int(stat.rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    waiting = [of]
    while waiting:
        found = children.get(waiting.pop(), [])
        yield from found
        waiting += found


def measured(command: list[str]) -> dict[str, object]:
    """Run a command to the end of everything that it starts; return what it cost."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    first = os.posix_spawnp(command[0], command, os.environ)
    peaks = Peaks(first)
    peaks.start()
    cpu, code = 0.0, 0
    with suppress(ChildProcessError):
        while True:
            child, status, usage = os.wait4(-1, 0)
            cpu += usage.ru_utime + usage.ru_stime
            if child == first:
                code = os.waitstatus_to_exitcode(status)
    return {"code": code, "cpu_seconds": round(cpu, 3), "peaks": peaks.end()}


def _part(process: int) -> str:
    with suppress(OSError):
        if PROGRAM.encode() in Path(f"/proc/{process}/cmdline").read_bytes():
            return "program"
    return "other"


def _peak(process: int) -> float:
    """Return the peak memory of a process in MiB; 0 when it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(measured(sys.argv[2:])), encoding="utf-8")
