"""One control plane for all workers of a test run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.cluster.programs import DEFAULT, programs
from tests.cluster.supervisor import LOCK, READY, locked, read_ready
from tests.servers.process import eventually

CHECKOUT = Path(__file__).parents[2]

_USERS = "users"
"""The pipe that each user of a control plane holds open, and whose end its supervisor waits for."""

_LOG = "supervisor.log"

_WITHIN = 300.0
"""Seconds that a control plane has to become ready."""


@dataclass(frozen=True, slots=True)
class _Use:
    """One user's share of a running control plane."""

    folder: Path
    pipe: int
    supervisor: subprocess.Popen[bytes] | None = None
    """Of the user that started it."""

    def end(self) -> None:
        """Leave; who started the control plane sees it end, once all others have left."""
        os.close(self.pipe)
        if self.supervisor:
            self.supervisor.wait()


@contextmanager
def shared_control_plane(folder: Path, version: str = DEFAULT) -> Iterator[ControlPlane]:
    """Use the control plane of this test run; whoever comes first starts it.

    It stops when nobody uses it any more, users that are killed included. Without its programs the
    test is skipped by name.

    Args:
        folder: Of the run, see `folder_of_run`.
        version: Of Kubernetes.
    """
    programs(version)
    folder = folder / f"control-plane-{version}"
    folder.mkdir(exist_ok=True)
    with locked(folder / LOCK):
        use = _join(folder) or _start(folder, version)
    try:
        yield read_ready(use.folder)
    finally:
        use.end()


@contextmanager
def alone(found: ControlPlane) -> Iterator[None]:
    """Hold the names of the examples' objects, which one test at a time can use."""
    with locked(Path(found.kubeconfig).with_name("names.lock")):
        yield


def folder_of_run(folders: pytest.TempPathFactory) -> Path:
    """Return the folder that all workers of a run share."""
    own = folders.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _join(folder: Path) -> _Use | None:
    """Return a share of the control plane that was started last, unless it has ended."""
    places = _places(folder)
    if not places or not (places[-1] / READY).is_file():
        return None
    try:
        return _Use(places[-1], os.open(places[-1] / _USERS, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        # Nobody reads the pipe: the supervisor has seen its end.
        return None


def _start(folder: Path, version: str) -> _Use:
    place = folder / str(len(_places(folder)))
    place.mkdir()
    os.mkfifo(place / _USERS, 0o600)
    reader = os.open(place / _USERS, os.O_RDONLY | os.O_NONBLOCK)
    pipe = os.open(place / _USERS, os.O_WRONLY)
    try:
        supervisor = _supervisor(place, version, reader)
    finally:
        os.close(reader)
    use = _Use(place, pipe, supervisor)
    try:
        _wait_until_ready(use, supervisor)
    except BaseException:
        supervisor.terminate()
        use.end()
        raise
    return use


def _supervisor(place: Path, version: str, reader: int) -> subprocess.Popen[bytes]:
    with (place / _LOG).open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.cluster.supervisor", place, "--version", version],
            cwd=CHECKOUT,
            stdin=reader,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_ready(use: _Use, supervisor: subprocess.Popen[bytes]) -> None:
    ready = use.folder / READY
    eventually(
        lambda: supervisor.poll() is not None or ready.is_file(),
        "the control plane is not ready",
        _WITHIN,
    )
    said = (use.folder / _LOG).read_text(encoding="utf-8", errors="replace")
    assert supervisor.poll() is None, f"the control plane did not start: {said}"


def _places(folder: Path) -> list[Path]:
    """Return the folders of the control planes of this run, the last one last."""
    return sorted((path.parent for path in folder.glob(f"*/{_USERS}")), key=lambda it: int(it.name))
