"""Measures plans, previews and deployments on the real engine, beside plain Pulumi.

`python -m benchmarks.engine [--rounds N] [--format text|json|markdown]`. It needs a program
`pulumi` on PATH, and Linux; where one of them is missing it says so and measures nothing. AWS and
Kubernetes are stand-ins on loopback. CPU seconds are those of all processes that a command starts;
the stand-ins run beside them and are not counted. In each round every command runs once.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.engine_cases import COMMANDS, NAIVE, PLAIN_UP, PLAN, PREVIEW, UP, Programs, run
from benchmarks.processes import machine, machine_line
from tests.engine.providers import stand_in
from tests.engine.real_engine import Engine

COUNTS = (250, 2000)
"""Resources of the programs whose CPU is measured."""

BETWEEN = 1000
"""Resources of the programs that are run once more for their memory alone."""

ROUNDS = 3

SAVING_ONCE: Mapping[str, str] = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""Has the engine save a state at its end and not after each resource.

At 2,000 resources in a folder that saving takes nearly all the time, and our share would be lost in
it.
"""

PACKAGES = ("aws", "kubernetes")


@dataclass
class Measured:
    """What was found, by command and resources."""

    cpu: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    """CPU seconds of each round."""
    peaks: dict[tuple[str, int], list[Mapping[str, float]]] = field(default_factory=dict)
    """MiB of `command` and `program` in each round."""

    def add(self, name: str, count: int, found: Mapping[str, Any]) -> None:
        """Take one run in."""
        self.cpu.setdefault((name, count), []).append(found["cpu_seconds"])
        self.peaks.setdefault((name, count), []).append(found["peaks"])

    def seconds(self, name: str, count: int) -> float:
        """Return the median of the CPU seconds."""
        return statistics.median(self.cpu[name, count])

    def ratio(self, more: str, less: str, count: int) -> float:
        """Return the median, over the rounds, of how much more one command costs than another."""
        pairs = zip(self.cpu[more, count], self.cpu[less, count], strict=True)
        return statistics.median(one / other for one, other in pairs)

    def peak(self, name: str, part: str, count: int) -> float:
        """Return the median of the peak memory of one part, in MiB."""
        return statistics.median(found[part] for found in self.peaks[name, count])

    def growth(self, name: str, part: str, least: int, most: int) -> float:
        """Return how many KiB each further resource takes between two numbers of them."""
        more = self.peak(name, part, most) - self.peak(name, part, least)
        return more * 1024 / (most - least)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    cells: tuple[str, ...]
    """One for each number of resources."""
    promised: str = ""


def rows(found: Measured, counts: Sequence[int] = COUNTS, between: int = BETWEEN) -> list[Row]:
    """Return what is shown, costs first, then what they mean."""

    def row(name: str, of: str, digits: str, promised: str = "") -> Row:
        more, less = of.split(" / ")
        cells = (format(found.ratio(more, less, count), digits) for count in counts)
        return Row(name, tuple(cells), promised)

    costs = [
        Row(f"{name}, CPU seconds", tuple(f"{found.seconds(name, count):.2f}" for count in counts))
        for name in COMMANDS
    ]
    overhead = tuple(f"{(found.ratio(UP, PLAIN_UP, count) - 1):+.1%}" for count in counts)
    return [
        *costs,
        row("plain preview costs, in plans", f"{NAIVE} / {PLAN}", ".1f", "4 and 12"),
        row("preview of our program costs, in plans", f"{PREVIEW} / {PLAN}", ".1f"),
        row("plain preview costs, in ours", f"{NAIVE} / {PREVIEW}", ".2f", "1.5 at 2,000"),
        Row("stackwright up beside pulumi up", overhead, "+5 %"),
        *_memory(found, counts, between),
    ]


def _memory(found: Measured, counts: Sequence[int], between: int) -> Iterator[Row]:
    least, most = counts
    for title, name, part in (
        ("our program", PREVIEW, "program"),
        ("plain program", NAIVE, "program"),
        ("stackwright up itself", UP, "command"),
    ):
        peaks = tuple(f"{found.peak(name, part, count):.0f}" for count in counts)
        yield Row(f"{title}, peak MiB", peaks)
        steps = (found.growth(name, part, least, between), found.growth(name, part, between, most))
        yield Row(f"{title}, KiB of each further resource", tuple(f"{one:.0f}" for one in steps))


def markdown(shown: Sequence[Row]) -> str:
    """Return rows as a table for the docs."""
    head = " | ".join(f"{count:,} resources" for count in COUNTS)
    lines = [f"| Measured | {head} | Promised |", f"| --- |{' ---: |' * len(COUNTS)} ---: |"]
    lines += [f"| {one.name} | {' | '.join(one.cells)} | {one.promised} |" for one in shown]
    return "\n".join(lines)


def table(shown: Sequence[Row]) -> str:
    """Return rows as a table of text."""
    lines = [f"{'':<48}" + "".join(f"{count:>10,}" for count in COUNTS)]
    lines += [
        f"{one.name:<48}{''.join(f'{cell:>10}' for cell in one.cells)}  {one.promised}".rstrip()
        for one in shown
    ]
    return "\n".join(lines)


def missing() -> str:
    """Return why nothing can be measured here; empty when it can be."""
    if not sys.platform.startswith("linux"):
        return "processes are counted by means of Linux"
    return "" if shutil.which("pulumi") else "there is no program `pulumi` on PATH"


def measured(rounds: int, report: bool = True) -> Measured:
    """Measure everything; the commands of a round run one after another."""
    found = Measured()
    with workplace() as (folder, engine):
        for count in sorted((*COUNTS, BETWEEN)):
            programs = Programs(folder / str(count), count)
            programs.write()
            names = (PREVIEW, NAIVE, UP) if count == BETWEEN else COMMANDS
            for number in range(1 if count == BETWEEN else rounds):
                for name in names:
                    result = run(programs.case(name), engine)
                    found.add(name, count, result)
                    if report:
                        said = f"{count} {name} {number + 1}: {result['cpu_seconds']} s\n"
                        sys.stderr.write(said)
    return found


@contextmanager
def workplace() -> Iterator[tuple[Path, Engine]]:
    """Serve the stand-ins; yield a folder for programs, and an engine with a home of its own."""
    program = shutil.which("pulumi")
    assert program is not None
    with TemporaryDirectory(prefix="stackwright-benchmark-") as name, ExitStack() as scope:
        folder = Path(name)
        ports = {package: scope.enter_context(stand_in(package, folder)) for package in PACKAGES}
        yield folder, Engine(Path(program), folder / "engine", ports, SAVING_ONCE)


def main() -> None:
    """Measure and write the table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    options = parser.parse_args()
    if reason := missing():
        sys.stdout.write(f"not measured: {reason}\n")
        return
    found = measured(options.rounds)
    shown = rows(found)
    if options.format == "json":
        cpu = {f"{name} {count}": values for (name, count), values in found.cpu.items()}
        results = [{"name": one.name, "cells": one.cells} for one in shown]
        document = {"machine": machine(), "results": results, "cpu_seconds": cpu}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        show = markdown if options.format == "markdown" else table
        said = f"Medians of {options.rounds} rounds. {machine_line()}"
        sys.stdout.write("\n".join((show(shown), "", said)) + "\n")


if __name__ == "__main__":
    main()
