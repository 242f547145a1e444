"""Stand-in providers as servers of a test."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine.stand_in.server import CONTROL, JOURNAL
from tests.engine.workspace import ROOT
from tests.servers.process import Server, running

_PORT = re.compile(r"^(\d+)$", re.MULTILINE)


@contextmanager
def stand_in(package: str, folder: Path) -> Iterator[int]:
    """Serve a stand-in provider in a process of its own; yield its port.

    A test may write what it plans to `PACKAGE.control.json` in the folder and read the journal,
    `PACKAGE.journal.jsonl`.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        CONTROL: str(control_file(folder, package)),
        JOURNAL: str(journal_file(folder, package)),
    }
    command = [sys.executable, "-m", "tests.engine.stand_in.server", package]
    with running(
        f"provider-{package}",
        command,
        folder=folder,
        environment=environment,
        ready=lambda server: _port(server) is not None,
    ) as server:
        port = _port(server)
        assert port is not None
        yield port


def control_file(folder: Path, package: str) -> Path:
    """Return where faults, drift and outputs of a provider are planned."""
    return folder / f"{package}.control.json"


def journal_file(folder: Path, package: str) -> Path:
    """Return where a provider writes what was called."""
    return folder / f"{package}.journal.jsonl"


def _port(server: Server) -> int | None:
    found = _PORT.search(server.text())
    return int(found[1]) if found else None
