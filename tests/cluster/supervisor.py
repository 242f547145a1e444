"""Runs a control plane until its standard input ends: `python -m tests.cluster.supervisor`.

It is a process of its own, since a control plane outlives the worker of pytest that first asked for
it. The input is a pipe that every user holds open; the system closes it for users that are killed.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from tests.cluster.control_plane import ControlPlane, control_plane
from tests.cluster.programs import DEFAULT, programs

READY = "control-plane.json"
"""The file that says how to reach a control plane, once it is ready."""

LOCK = "lock"
"""The file that is locked while users come, and while the last one's leaving is noticed."""


def main() -> None:
    """Run until the input ends, or until asked to stop; remove the data, keep the logs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="an empty folder for its data and logs")
    parser.add_argument("--version", default=DEFAULT, help="of Kubernetes; %(default)s if not said")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    folder: Path = arguments.folder.resolve()
    if (folder / READY).exists():
        parser.error(f"{folder} is not empty: it is that of another control plane")
    folder.mkdir(exist_ok=True)
    try:
        with control_plane(folder, programs(arguments.version)) as found:
            write_ready(folder, found)
            _wait_for_the_end(folder)
    finally:
        shutil.rmtree(folder / "etcd", ignore_errors=True)


def write_ready(folder: Path, found: ControlPlane) -> None:
    """Say how to reach a control plane, all at once."""
    file = folder / f"{READY}.part"
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(found)), encoding="utf-8")
    file.rename(folder / READY)


def read_ready(folder: Path) -> ControlPlane:
    """Return what `write_ready` wrote."""
    said = json.loads((folder / READY).read_text(encoding="utf-8"))
    return ControlPlane(**{**said, "absent": tuple(said["absent"])})


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock on a file; the system takes it from a process that is killed."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _wait_for_the_end(folder: Path) -> None:
    """Return when the input has ended, having closed it so that nobody can come any more."""
    reader = sys.stdin.fileno()
    os.set_blocking(reader, False)
    while True:
        select.select([reader], [], [])
        with locked(folder.parent / LOCK), contextlib.suppress(BlockingIOError):
            if not os.read(reader, 1):
                os.close(reader)
                return


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
