"""Measures what commands cost: CPU seconds and peak memory of the whole process, medians.

`python benchmarks/measure.py [--runs N] [--format text|json|markdown]`. A case whose files do not
exist yet is named as such and not measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5

_COMMAND = (sys.executable, "-m", "stackwright_cli")
_PRODUCTION = "examples/aws-production/blueprint.yaml"
_KIB = 1 if sys.platform == "darwin" else 1024
"""Bytes in one unit of `ru_maxrss`: bytes on macOS, KiB elsewhere (getrusage manual page)."""


@dataclass(frozen=True)
class Case:
    """One command, and the files without which it cannot run."""

    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...]
    cpu_limit: float
    """CPU seconds that the project promises."""


@dataclass(frozen=True)
class Result:
    """Medians of one case; a case that was not measured says why in `missing`."""

    name: str
    cpu_seconds: float = 0.0
    """User and system time."""
    peak_mebibytes: float = 0.0
    cpu_limit: float = 0.0
    runs: int = 0
    missing: str = ""


def cases() -> tuple[Case, ...]:
    """Return every case, cheapest first."""
    command = "cli/stackwright_cli/__main__.py"
    synthetic = tuple(
        Case(
            f"synthetic {count:,}",
            (sys.executable, "benchmarks/synthetic.py", str(count)),
            ("benchmarks/synthetic.py",),
            limit,
        )
        for count, limit in ((250, 1.0), (1000, 2.0), (2000, 3.0))
    )
    return (
        Case("--help", (*_COMMAND, "--help"), (command,), 0.15),
        Case(
            "validate aws-production",
            (*_COMMAND, "validate", "-f", _PRODUCTION),
            (command, _PRODUCTION),
            0.35,
        ),
        Case(
            "plan aws-production",
            (*_COMMAND, "plan", "-f", _PRODUCTION, "-e", "prod", "--format", "json"),
            (command, _PRODUCTION),
            2.0,
        ),
        *synthetic,
    )


def measured(case: Case, runs: int = RUNS) -> Result:
    """Run `case` in a child process `runs` times and return the medians.

    Raises:
        RuntimeError: The command failed; what a failing command costs means nothing.
    """
    missing = [name for name in case.needs if not (ROOT / name).exists()]
    if missing:
        return Result(case.name, cpu_limit=case.cpu_limit, missing=", ".join(missing))
    _run(case.command)
    usages = [_run(case.command) for _ in range(runs)]
    return Result(
        case.name,
        cpu_seconds=round(statistics.median(cpu for cpu, _ in usages), 3),
        peak_mebibytes=round(statistics.median(peak for _, peak in usages), 1),
        cpu_limit=case.cpu_limit,
        runs=runs,
    )


def table(results: Sequence[Result]) -> str:
    """Return `results` as a table of text."""
    lines = [f"{'case':<26}{'CPU s':>8}{'limit':>8}{'peak MiB':>10}"]
    for result in results:
        if result.missing:
            lines.append(f"{result.name:<26}not measured, there is no {result.missing}")
        else:
            lines.append(
                f"{result.name:<26}{result.cpu_seconds:>8.2f}{result.cpu_limit:>8.2f}"
                f"{result.peak_mebibytes:>10.0f}"
            )
    return "\n".join(lines)


def markdown(results: Sequence[Result]) -> str:
    """Return `results` as a table for the docs."""
    lines = ["| Command | CPU seconds | Promised | Peak MiB |", "| --- | ---: | ---: | ---: |"]
    for result in results:
        found = (
            ("not measured", "")
            if result.missing
            else (f"{result.cpu_seconds:.2f}", f"{result.peak_mebibytes:.0f}")
        )
        lines.append(f"| {result.name} | {found[0]} | {result.cpu_limit:.2f} | {found[1]} |")
    here = machine()
    return "\n".join(
        (
            *lines,
            "",
            f"Python {here['python']} on {here['system']}, {here['architecture']}, "
            f"{here['cores']} cores.",
        )
    )


def machine() -> dict[str, str | int]:
    """Return what the figures depend on."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count() or 0,
    }


def main() -> None:
    """Measure every case and write the table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    options = parser.parse_args()
    results = [measured(case, options.runs) for case in cases()]
    if options.format == "json":
        document = {"machine": machine(), "results": [asdict(result) for result in results]}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        show = markdown if options.format == "markdown" else table
        sys.stdout.write(show(results) + "\n")


def _run(command: tuple[str, ...]) -> tuple[float, float]:
    """Run `command` in the repository; return its CPU seconds and peak memory in MiB."""
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        child = os.posix_spawn(command[0], command, os.environ, file_actions=silent)
    finally:
        os.chdir(here)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _KIB / 1024**2


if __name__ == "__main__":
    main()
