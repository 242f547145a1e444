"""Measures what commands cost: CPU seconds and peak memory of the whole process, medians.

`python -m benchmarks.measure [--runs N] [--format text|json|markdown]`. A case whose files do not
exist yet is named as such and not measured. cookiecutter and copier, for comparison, come from the
environment that the variable STACKWRIGHT_PEERS names; `make bench` makes it in `.venv/peers`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.cases import Case, cases
from benchmarks.processes import machine, machine_line
from benchmarks.rendering import compared, missing, run_case, workplace

RUNS = 5


@dataclass(frozen=True)
class Result:
    """Medians of one case; a case that was not measured says why in `missing`."""

    name: str
    cpu_seconds: float = 0.0
    """User and system time."""
    peak_mebibytes: float = 0.0
    cpu_limit: float | None = None
    memory_limit: float | None = None
    runs: int = 0
    missing: str = ""


def measured(case: Case, work: Path, runs: int = RUNS) -> Result:
    """Run `case` in a child process `runs` times, after one that does not count; return medians.

    Args:
        case: What to run.
        work: A folder for what it makes; what a run made there is removed after it.
        runs: How many runs count.

    Raises:
        RuntimeError: The command failed; what a failing command costs means nothing.
    """
    absent = missing(case)
    if absent:
        said = ", ".join(absent)
        return Result(case.name, 0.0, 0.0, case.cpu_limit, case.memory_limit, missing=said)
    run_case(case, work)
    usages = [run_case(case, work) for _ in range(runs)]
    return Result(
        case.name,
        cpu_seconds=round(statistics.median(usage.cpu_seconds for usage in usages), 3),
        peak_mebibytes=round(statistics.median(usage.peak_mebibytes for usage in usages), 1),
        cpu_limit=case.cpu_limit,
        memory_limit=case.memory_limit,
        runs=runs,
    )


def table(results: Sequence[Result]) -> str:
    """Return `results` as a table of text."""
    lines = [f"{'case':<26}{'CPU s':>8}{'limit':>8}{'peak MiB':>10}{'limit':>8}"]
    for result in results:
        if result.missing:
            lines.append(f"{result.name:<26}not measured, there is no {result.missing}")
        else:
            lines.append(
                f"{result.name:<26}{result.cpu_seconds:>8.2f}{_shown(result.cpu_limit, 2):>8}"
                f"{result.peak_mebibytes:>10.1f}{_shown(result.memory_limit, 1):>8}"
            )
    return "\n".join(lines)


def markdown(results: Sequence[Result]) -> str:
    """Return `results` as a table for the docs."""
    lines = [
        "| Command | CPU seconds | Promised | Peak MiB | Promised |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for result in results:
        cpu, peak = (
            ("not measured", "")
            if result.missing
            else (f"{result.cpu_seconds:.2f}", f"{result.peak_mebibytes:.1f}")
        )
        promises = _shown(result.cpu_limit, 2), _shown(result.memory_limit, 1)
        lines.append(f"| {result.name} | {cpu} | {promises[0]} | {peak} | {promises[1]} |")
    return "\n".join(lines)


def main() -> None:
    """Measure every case and write the table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    options = parser.parse_args()
    with workplace() as work:
        results = [measured(case, work, options.runs) for case in cases(work)]
        note = compared(work)
    if options.format == "json":
        document = {"machine": machine(), "results": [asdict(result) for result in results]}
        sys.stdout.write(json.dumps(document | {"compared": note}, indent=1) + "\n")
    else:
        show = markdown if options.format == "markdown" else table
        sys.stdout.write("\n".join((show(results), "", note, machine_line())) + "\n")


def _shown(limit: float | None, digits: int) -> str:
    return "" if limit is None else f"{limit:.{digits}f}"


if __name__ == "__main__":
    main()
