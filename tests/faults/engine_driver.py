"""Runs the `stackwright` command many times, each run in a fork of a process that has it imported.

Each line of standard input is a `Run` in JSON; two lines of standard output answer it: the process
when it is started, and its wait status when it has ended.
The world outside, an account of AWS, is taken for as it should be: it is not what is disturbed.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import sys
import time
from typing import Any, TypedDict

import stackwright_cli

_HAS_HUNG_AFTER = 90.0


class Run(TypedDict):
    """One run of the command."""

    arguments: list[str]
    folder: str
    """Working directory."""
    output: str
    """File for what it prints, standard output and standard error together."""
    environment: dict[str, str]


def import_everything() -> None:
    """Import what a run would import, so that forks need not."""
    for package in ("stackwright_cli.commands", "stackwright_cli.deploying", "stackwright.engine"):
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            importlib.import_module(module.name)
    lifecycle: Any = importlib.import_module("stackwright.engine.lifecycle")
    lifecycle.verify = lambda *_, **__: ()


def fork(run: Run) -> int:
    """Start a run; return its process."""
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        os.environ.clear()
        os.environ.update(run["environment"])
        os.chdir(run["folder"])
        output = os.open(run["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = command(run["arguments"])
    finally:
        os._exit(code)
    return 0


def command(arguments: list[str]) -> int:
    """Run the command as the console script does, and flush as Python does at its end."""
    sys.argv = ["stackwright", *arguments]
    try:
        stackwright_cli.command_line()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def waited(process: int) -> int:
    """Return the wait status of a process; one that hangs is killed."""
    end = time.monotonic() + _HAS_HUNG_AFTER
    while time.monotonic() < end:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return status
        time.sleep(0.01)
    os.kill(process, signal.SIGALRM)
    return os.waitpid(process, 0)[1]


def main() -> None:
    """Answer every line."""
    import_everything()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        process = fork(json.loads(line))
        answer(process)
        answer(waited(process))


def answer(number: int) -> None:
    """Write a line."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
