"""What strace writes about a run, and the options that make it inject a fault."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHANGING = (
    *("creat", "open", "openat", "openat2"),
    *("write", "pwrite64", "writev", "copy_file_range", "sendfile", "truncate", "ftruncate"),
    *("mkdir", "mkdirat", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"),
    *("unlink", "unlinkat", "rmdir", "fsync", "fdatasync", "utimensat"),
)
"""System calls that change a file or a folder, or promise that a change is kept."""

_CREATES = ("O_CREAT", "O_WRONLY", "O_RDWR", "O_TRUNC")

_CALL = re.compile(r"^(?:\d+ +)?(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>.*)$")
_PATH = re.compile(r"<(?P<open>/[^>]*)>|\"(?P<named>[^\"]*)\"")


@dataclass(frozen=True)
class Call:
    """One system call on a path that is watched."""

    name: str
    number: int
    """Its place among all calls of this name, from 1, as strace counts for `when`."""
    path: str
    """The path below the watched folder; random parts of names are replaced."""
    line: str
    next_line: str

    def __str__(self) -> str:
        return f"{self.name} {self.path}"


@dataclass(frozen=True)
class Fault:
    """What happens instead of, or during, a call: an error, or a signal."""

    error: str = ""
    signal: str = ""

    def __str__(self) -> str:
        return self.error or self.signal

    def option(self, call: Call) -> str:
        what = f"error={self.error}" if self.error else f"signal={self.signal}"
        return f"{call.name}:{what}:when={call.number}"

    def happened(self, call: Call) -> bool:
        """Return whether the trace says that the fault was injected into this call."""
        if self.error:
            return f" {self.error} " in call.line and call.line.endswith("(INJECTED)")
        if self.signal == "SIGKILL":
            return call.line.endswith("= ?") and "killed by SIGKILL" in call.next_line
        return f"--- {self.signal} " in call.next_line and "si_code=SI_KERNEL" in call.next_line


FAULTS = (
    Fault(signal=signal.SIGKILL.name),
    Fault(signal=signal.SIGINT.name),
    Fault(error="ENOSPC"),
    Fault(error="EIO"),
    Fault(error="EACCES"),
)


def strace_options(trace: Path, call: Call | None = None, fault: Fault | None = None) -> list[str]:
    """Return the options that write a trace and, with a call and a fault, inject it there."""
    # `?`: not every machine has every call.
    calls = ",".join(f"?{name}" for name in CHANGING)
    options = ["-f", "-qq", "-y", "-s", "0", "-o", str(trace), "-e", f"trace={calls}"]
    if call is not None and fault is not None:
        options += ["-e", f"inject={fault.option(call)}"]
    return options


def changes(trace: Path, folder: Path, watched: Path) -> list[Call]:
    """Return the calls of a trace that change something below a folder, in order.

    Args:
        trace: What strace wrote.
        folder: The working directory of the run.
        watched: What the calls must be below.
    """
    return list(_changes(trace.read_text(encoding="utf-8").splitlines(), folder, watched))


def _changes(lines: list[str], folder: Path, watched: Path) -> Iterator[Call]:
    numbers: Counter[str] = Counter()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        found = _CALL.match(line)
        if found is None:
            continue
        name = found["name"]
        numbers[name] += 1
        path = _watched_path(found["arguments"], str(folder), watched)
        if path and (not name.startswith("open") or any(c in line for c in _CREATES)):
            yield Call(name, numbers[name], path, line, following)


def _watched_path(arguments: str, folder: str, watched: Path) -> str:
    """Return the first path of a call, below the watched folder; empty when it is elsewhere."""
    for found in _PATH.finditer(arguments):
        folder = found["open"] or folder
        if found["named"] is not None:
            named = found["named"]
            folder = named if named.startswith("/") else f"{folder}/{named}"
            break
    path = Path(folder)
    return path.relative_to(watched).as_posix() if path.is_relative_to(watched) else ""
