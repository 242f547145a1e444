"""Measures the service of a project that `stackwright new` makes, as a user runs it.

`python -m benchmarks.service [--python FILE] [--requests N] [--rounds N] [--format FORMAT]`

Formats: text, json, markdown. A model is prepared, trained, judged, promoted and served, with the
prediction log on, in a folder that is removed at the end. One connection asks, one request after
another. Client and service share the machine. What comes before the first round does not count.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from benchmarks.cases import STACKWRIGHT
from benchmarks.figures import Figure, markdown, percentile, table
from benchmarks.load import Client, client, rows_in
from benchmarks.processes import KIB, ROOT, compiling, machine, machine_line

PYTHON = Path(sys.prefix) / "projects/tabular-service/bin/python"
"""Has the packages of the project's lock; `make projects` makes it."""

PACKAGE = "benchmark"
STEPS = ("prepare", "train", "evaluate", "promote")
BATCH_ROWS = 100
STARTS = 3
PATIENCE_SECONDS = 60.0
P99_LIMIT = 8.0
"""Milliseconds that the project promises."""


@dataclass(frozen=True)
class Load:
    """How much is asked."""

    requests: int = 1000
    """Requests of one row in a round; a tenth as many have 100 rows."""
    rounds: int = 5
    warm_up: int = 300

    @property
    def batches(self) -> int:
        """Requests of 100 rows in a round."""
        return max(1, self.requests // 10)


@dataclass
class Service:
    """A running service."""

    process: subprocess.Popen[str]
    port: int
    ready_cpu_seconds: float
    """From its start to the first answer that it is ready; NaN where that cannot be read."""
    peak_mebibytes: float = field(default=0.0, init=False)
    """Known when it has ended."""

    def end(self) -> None:
        """Stop it and wait until it has written its log.

        Raises:
            RuntimeError: It does not end, or not well.
        """
        self.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + PATIENCE_SECONDS
        while (ended := os.wait4(self.process.pid, os.WNOHANG))[0] == 0:
            if time.monotonic() > until:
                raise RuntimeError("the service does not end")
            time.sleep(0.02)
        _, status, usage = ended
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            raise RuntimeError(f"the service ended with {self.process.returncode}")
        self.peak_mebibytes = usage.ru_maxrss * KIB / 1024**2


@dataclass(frozen=True)
class Project:
    """A project that was made for the measurement."""

    folder: Path
    python: Path

    def run(self, *arguments: str) -> None:
        """Run a command of the project.

        Raises:
            RuntimeError: It failed.
        """
        _checked([str(self.python), "-m", PACKAGE, *arguments], self.folder, self.variables())

    def variables(self) -> Mapping[str, str]:
        """Return the environment of its commands: nothing points outside the project."""
        return {
            **{
                name: value
                for name, value in compiling(os.environ).items()
                if not name.startswith(("PROJECT_", "MLFLOW_"))
            },
            "PYTHONPATH": str(self.folder / "src"),
            # What a service that had to be killed leaves behind is removed with the project.
            "TMPDIR": str(self.folder.parent),
        }

    def logged_rows(self) -> int:
        """Return how many rows the prediction log holds."""
        files = (self.folder / "state" / "predictions").rglob("*.jsonl")
        return sum(file.read_bytes().count(b"\n") for file in files)

    @contextmanager
    def service(self) -> Iterator[Service]:
        """Yield a ready service; it ends with the block.

        Raises:
            RuntimeError: It does not get ready.
        """
        log = self.folder / "service.log"
        with (
            log.open("w", encoding="utf-8") as errors,
            subprocess.Popen(
                [str(self.python), "-m", PACKAGE, "serve", "--port", "0", "--drain-seconds", "0"],
                cwd=self.folder,
                env=self.variables(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            try:
                line = process.stdout.readline() if process.stdout else ""
                url = line.rpartition(" ")[2].strip()
                if not url.startswith("http"):
                    raise RuntimeError(f"the service did not start: {log.read_text('utf-8')}")
                _wait_until_ready(url)
                service = Service(process, urlsplit(url).port or 0, cpu_seconds(process.pid))
                yield service
                service.end()
            finally:
                if process.returncode is None:
                    process.kill()


def cpu_seconds(process_id: int) -> float:
    """Return what a running process has cost; NaN where the system does not show it."""
    try:
        text = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
    except OSError:
        return math.nan
    # The name of the program stands in parentheses and may hold spaces; fields 14 and 15 count.
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measured(python: Path, load: Load) -> list[Figure]:
    """Make a project, serve its model and return what that costs.

    Args:
        python: A Python that has the packages of the project's lock.
        load: How much is asked.

    Raises:
        RuntimeError: A command failed, an answer is wrong, or the log misses rows.
    """
    with TemporaryDirectory(prefix="stackwright-benchmark-") as work:
        project = Project(Path(work).resolve() / PACKAGE, python)
        new = ("new", "tabular-service", str(project.folder), "--set", f"project_slug={PACKAGE}")
        _checked([*STACKWRIGHT, *new], ROOT, compiling(os.environ))
        for step in STEPS:
            project.run(step)
        starts = []
        for _ in range(STARTS - 1):
            with project.service() as service:
                starts.append(service.ready_cpu_seconds)
        with project.service() as service, client("127.0.0.1", service.port) as connected:
            starts.append(service.ready_cpu_seconds)
            figures = _under_load(service, connected, project, load)
        if project.logged_rows() != connected.rows_asked:
            logged = project.logged_rows()
            raise RuntimeError(f"{connected.rows_asked} rows asked, {logged} rows in the log")
    return [
        *figures,
        Figure("CPU seconds from start to ready", _known(starts), 2),
        Figure("peak MiB", (service.peak_mebibytes,), 0),
    ]


def _under_load(service: Service, asking: Client, project: Project, load: Load) -> list[Figure]:
    rows = rows_in(project.folder / "state" / "data" / "validation.csv")
    asking.single_rows(rows, load.warm_up)
    asking.batches(rows, BATCH_ROWS, max(1, load.warm_up // 10))
    rounds, rates, costs = [], [], []
    for _ in range(load.rounds):
        before = cpu_seconds(service.process.pid)
        rounds.append([seconds * 1000 for seconds in asking.single_rows(rows, load.requests)])
        after = cpu_seconds(service.process.pid)
        costs.append((after - before) * 1000 / load.requests)
        rates.append(asking.batches(rows, BATCH_ROWS, load.batches))
    middle = tuple(percentile(times, 50) for times in rounds)
    slow = tuple(percentile(times, 99) for times in rounds)
    return [
        Figure("one row, p50 milliseconds", middle),
        Figure("one row, p99 milliseconds", slow, limit=P99_LIMIT),
        Figure("one row, CPU milliseconds", _known(costs), 2),
        Figure(f"{BATCH_ROWS} rows, rows a second", tuple(rates), 0, more_is_better=True),
    ]


def _known(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(value for value in values if not math.isnan(value))


def _checked(command: list[str], folder: Path, variables: Mapping[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"failed: {' '.join(command)}\n{done.stdout}{done.stderr}")


def _wait_until_ready(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urlopen(f"{url}/readyz", timeout=5):
                return
        except HTTPError as error:
            reason = error.read().decode()
        except OSError as error:
            reason = str(error)
        if time.monotonic() > until:
            raise RuntimeError(f"the service does not get ready: {reason}")
        time.sleep(0.05)


def main() -> None:
    """Measure and write the table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, default=PYTHON)
    parser.add_argument("--requests", type=int, default=Load.requests)
    parser.add_argument("--rounds", type=int, default=Load.rounds)
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    options = parser.parse_args()
    # A link of a virtual environment is not resolved: it is what makes the packages be found.
    python = options.python.absolute()
    if not python.is_file():
        parser.error(f"there is no {options.python}; name a Python with --python")
    load = Load(options.requests, options.rounds)
    figures = measured(python, load)
    if options.format == "json":
        results = [figure.data() for figure in figures]
        sys.stdout.write(json.dumps({"machine": machine(), "results": results}, indent=1) + "\n")
    else:
        show = markdown if options.format == "markdown" else table
        said = f"{load.rounds} rounds of {load.requests:,} requests of one row"
        said += f" and {load.batches:,} of {BATCH_ROWS} rows."
        sys.stdout.write("\n".join((show(figures), "", said, machine_line())) + "\n")


if __name__ == "__main__":
    main()
