"""Child processes as the engine has them: each in a process group of its own."""

from __future__ import annotations

import signal
import subprocess
from contextlib import suppress


class Plugins:
    """A language host and a provider, which do nothing but be there."""

    def __init__(self) -> None:
        # One holds our standard output open, as a language host may.
        self._processes = [self._start(None), self._start(subprocess.DEVNULL)]

    @staticmethod
    def _start(output: int | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["/bin/sleep", "1000"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )

    def stop(self) -> None:
        """End them, as an engine does that comes to its own end."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()
