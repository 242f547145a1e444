"""The `stackwright` command as the fault tests run it: again and again, with a fault or without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.driver import Run

_DRIVER = Path(__file__).with_name("driver.py")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    """Exit code; a negative number is the signal that ended it."""
    output: str


@dataclass(frozen=True)
class Command:
    """The command, ready to be forked."""

    driver: subprocess.Popen[str]
    strace: Path
    output: Path

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        options: Sequence[str] = (),
        *,
        here: bool = False,
    ) -> Ended:
        """Run the command in a folder; with options of strace, traced by it."""
        run = Run(
            arguments=list(arguments),
            folder=str(folder),
            output=str(self.output),
            tracer=[str(self.strace), *options] if options else [],
            here=here,
        )
        assert self.driver.stdin is not None
        assert self.driver.stdout is not None
        self.driver.stdin.write(json.dumps(run) + "\n")
        self.driver.stdin.flush()
        answer = self.driver.stdout.readline()
        assert answer, "the driver of the fault tests ended"
        code = os.waitstatus_to_exitcode(int(answer))
        return Ended(code, self.output.read_text(encoding="utf-8", errors="replace"))

    def can_trace(self, folder: Path) -> bool:
        """Return whether this machine lets strace attach to a process."""
        trace = self.output.with_name("attached")
        self.run(["--version"], folder, ["-f", "-o", str(trace)])
        return trace.is_file() and "exited with 0" in trace.read_text(encoding="utf-8")


@contextmanager
def command(strace: Path, folder: Path) -> Iterator[Command]:
    """Start the driver; its files are written to the folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
    }
    with subprocess.Popen(
        [sys.executable, str(_DRIVER)],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as driver:
        try:
            yield Command(driver, strace, folder / "output")
        finally:
            driver.kill()
