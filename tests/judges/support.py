"""What the tests in this folder share: where judges are, and how they are asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.templates.support import ANSWERS

TEMPLATE = "tabular-service"

SETS = sorted((ANSWERS / TEMPLATE).glob("*.yaml"))
"""The sets of answers that projects are rendered with."""

REQUIRED = "STACKWRIGHT_JUDGES_REQUIRED"
"""The variable that, set to 1, makes a missing judge a failure: `make judges` sets it."""


def judge(name: str, environment: str = "judges") -> str:
    """Return the command of a judge; without it, skip the test by name.

    Args:
        name: Its program.
        environment: The environment that it is in, below the one that runs the tests: of
            `requirements/judges.txt`, or `secrets` of `requirements/secrets.txt`.
    """
    found = Path(sys.prefix) / environment / "bin" / name
    if not found.is_file():
        message = f"{name} of requirements/{environment}.txt is not here; `make judges` installs it"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(message)
        pytest.skip(message)
    return str(found)


def asked(
    command: Iterable[str], folder: Path, codes: Collection[int] = (0,), **variables: str
) -> str:
    """Run a command in a folder, as `answer` does, and return what it printed."""
    return answer(command, folder, codes, **variables).stdout


def answer(
    command: Iterable[str], folder: Path, codes: Collection[int] = (0,), **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder.

    It sees nothing of the person who runs the tests: no configuration, no key to report by.

    Raises:
        AssertionError: Its exit code is none of `codes`.
    """
    words = list(command)
    done = subprocess.run(
        words,
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said = f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    assert done.returncode in codes, said
    return done


def stackwright(folder: Path, *arguments: str) -> None:
    """Run a command of Stackwright."""
    asked([sys.executable, "-m", "stackwright_cli", *arguments], folder)


def checkov_report(folder: Path) -> dict[str, Any]:
    """Return checkov's report about a folder of manifests, made without the network."""
    options = ["--framework", "kubernetes", "--skip-download", "--compact", "--quiet"]
    command = [
        judge("checkov"),
        "--directory",
        str(folder),
        *options,
        "--output",
        "json",
        "--soft-fail",
    ]
    report: dict[str, Any] = json.loads(asked(command, folder))
    return report


def failed_checks(report: dict[str, Any]) -> dict[str, set[str]]:
    """Return each check that failed, and what it failed for."""
    failed: dict[str, set[str]] = {}
    for item in report["results"]["failed_checks"]:
        failed.setdefault(item["check_id"], set()).add(f"{item['file_path']} {item['resource']}")
    return failed
