"""What a program finds as its process: under the engine its own, here the one of the planner."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import NoReturn

from stackwright.plan.recording_monitor import RefusedError


@contextmanager
def as_its_own_process(folder: Path) -> Iterator[None]:
    """Run a program in its folder, as the engine does, and take back what it does to the process.

    Taken back are the folder and the variables. It cannot end the process: it would look like a
    plan of nothing, and leave temporary files behind.

    Args:
        folder: Folder of the program.
    """
    variables = dict(os.environ)
    with chdir(folder), _kept_alive():
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(variables)


@contextmanager
def _kept_alive() -> Iterator[None]:
    """Let `os._exit` fail in this process; one that the program forks ends by it as usual."""
    end, own = os._exit, os.getpid()

    def refuse(status: int) -> NoReturn:
        if os.getpid() != own:
            end(status)
        raise RefusedError(f"the program ends its process with os._exit({status})")

    os._exit = refuse
    try:
        yield
    finally:
        os._exit = end
