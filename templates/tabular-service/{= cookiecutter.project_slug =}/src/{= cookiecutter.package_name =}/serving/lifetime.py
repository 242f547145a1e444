"""How a process of the service lives and ends; imports nothing heavy."""

from __future__ import annotations

import logging
import math
import os
import signal
import sys
import threading

FLUSH_SECONDS = 10.0
"""How long the end of a worker waits for the prediction log at most."""
MARGIN_SECONDS = 5.0
"""Time that a worker has to end beside what it waits for."""


def requests_end_seconds(request_seconds: float) -> int:
    """Return after how many seconds the requests of a worker that ends have ended."""
    return math.ceil(request_seconds + MARGIN_SECONDS)


def longest_end_seconds(request_seconds: float, drain_seconds: float) -> float:
    """Return after how many seconds a worker that was told to end must have ended."""
    waits = drain_seconds + requests_end_seconds(request_seconds) + FLUSH_SECONDS
    return waits + MARGIN_SECONDS


def configure_logging() -> None:
    """Send log lines to standard error; those of uvicorn only when it failed."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s",
    )
    # It warns of every bad request; the metrics count these.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)


def end_well_on_sigterm() -> None:
    """Let SIGTERM unwind the process as a return does, until a server handles signals itself."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))


def end_with_parent(descriptor: int) -> None:
    """End this process when the other end of a pipe is closed: its parent is gone."""

    def wait() -> None:
        os.read(descriptor, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent watch", daemon=True).start()
