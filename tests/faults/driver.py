"""Runs the `stackwright` command many times in one process tree, each run in a fork, traced or not.

A process that imports the command anew for each run costs half a second, most of it traced file
opens of Python's own. Here a first run, in this process, imports what the command needs; every
other run is a fork of this process, which strace attaches to before it begins. Each line of
standard input is a `Run` in JSON; each line of standard output is the wait status of that run.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TypedDict

import stackwright_cli
from stackwright_cli import assets

TEMPLATES = Path(__file__).parents[1] / "templates" / "fixtures"
"""The templates that the command finds here: small ones, so that a run has few calls."""

_PR_SET_PTRACER = 0x59616D61
"""Of prctl(2): who may trace this process, where the Yama module restricts it."""

_ANYBODY = ctypes.c_ulong(-1)

_ATTACHED_WITHIN = 60.0


class Run(TypedDict):
    """One run of the command."""

    arguments: list[str]
    folder: str
    """Working directory."""
    output: str
    """File for what it prints."""
    tracer: list[str]
    """strace and its options, without `-p`; empty for a run that is not traced."""
    here: bool
    """Whether to run in the driver's process, so that what the run imports stays imported."""


def fork(run: Run) -> tuple[int, int]:
    """Return the number of a process that runs the command when the descriptor is closed."""
    begin, gate = os.pipe()
    process = os.fork()
    if process:
        os.close(begin)
        return process, gate
    os.close(gate)
    code = 70
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
        os.chdir(run["folder"])
        output = os.open(run["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.read(begin, 1)
        code = command(run["arguments"])
    finally:
        os._exit(code)
    return 0, 0


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


def wait_for_tracer(process: int, tracer: subprocess.Popen[bytes]) -> None:
    """Wait until the process is traced."""
    end = time.monotonic() + _ATTACHED_WITHIN
    # A tracer that has attached has yet to stop the process; then it sleeps until something comes.
    while "TracerPid:\t0\n" in told_of(process) or "State:\tS" not in told_of(tracer.pid):
        if tracer.poll() is not None or time.monotonic() > end:
            # Where it may not: the trace stays empty, which no test takes for a fault.
            return
        time.sleep(0.001)


def told_of(process: int) -> str:
    """Return what the kernel says of a process; nothing when it is gone."""
    try:
        return Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return ""


def serve(run: Run) -> int:
    """Run the command; return its wait status."""
    if run["here"]:
        os.chdir(run["folder"])
        with (
            Path(run["output"]).open("w", encoding="utf-8") as output,
            redirect_stdout(output),
            redirect_stderr(output),
        ):
            return stackwright_cli.main(run["arguments"]) << 8
    process, gate = fork(run)
    tracer = None
    if run["tracer"]:
        tracer = subprocess.Popen([*run["tracer"], "-p", str(process)], stderr=subprocess.DEVNULL)
        wait_for_tracer(process, tracer)
    os.close(gate)
    _, status = os.waitpid(process, 0)
    if tracer is not None:
        tracer.wait()
    return status


def main() -> None:
    """Answer every line."""
    assets.asset_folder = lambda name, package=TEMPLATES: TEMPLATES
    answers = sys.stdout
    for line in sys.stdin:
        answers.write(f"{serve(json.loads(line))}\n")
        answers.flush()


if __name__ == "__main__":
    main()
