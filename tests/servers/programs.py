"""The programs and environments that tests on real servers need, found or named as missing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRED = "STACKWRIGHT_SERVERS_REQUIRED"
"""The variable that, set to 1, makes a missing program a failure: `.ci/run` sets it."""

FETCHED = Path(sys.prefix) / "programs"
"""Where `scripts/fetch-programs` puts programs, in the environment that runs the tests."""

SERVERS = Path(sys.prefix) / "servers"
"""The environment of `requirements/servers.txt`."""

RUNNER = Path(sys.prefix) / "gitlab-ci-local"
"""Where `scripts/fetch-gitlab-ci-local` installs it, or says what is lacking for that."""


def program(name: str) -> Path:
    """Return a program that was fetched or is on the path; without it, skip the test by name."""
    fetched = FETCHED / "bin" / name
    found = fetched if fetched.is_file() else shutil.which(name)
    return Path(found) if found else missing(f"the program {name}")


def server_command(name: str) -> Path:
    """Return a command of the servers' environment; without it, skip the test by name."""
    found = SERVERS / "bin" / name
    return found if found.is_file() else missing(f"{name} of requirements/servers.txt")


def gitlab_ci_local() -> Path:
    """Return the program that runs pipelines of GitLab; without it, skip the test by name.

    No gate fails for a machine that the program does not run on.
    """
    name = "gitlab-ci-local"
    installed = RUNNER / "node_modules" / ".bin" / name
    found = installed if installed.is_file() else shutil.which(name)
    lacking = RUNNER / "lacking"
    if found is None and lacking.is_file():
        pytest.skip(f"{name} needs {lacking.read_text(encoding='utf-8').strip()}")
    return Path(found) if found else missing(f"the program {name}")


def missing(what: str) -> NoReturn:
    """Skip the test because something is missing, or fail it where nothing may be missing."""
    message = f"{what} is not here; `make test-all` fetches it"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(message)
    pytest.skip(message)
