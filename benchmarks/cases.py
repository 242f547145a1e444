"""The commands that are measured, and what the project promises of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

STACKWRIGHT = (sys.executable, "-m", "stackwright_cli")

FRESH = "{fresh}"
"""In a command: the path of a folder that does not exist, another one for each run."""

TEMPLATE = "templates/tabular-service"
ANSWERS: Mapping[str, str] = {"project_slug": "benchmark", "ci": "github", "object_store": "s3"}
"""What every renderer is answered; the other answers are the template's defaults."""

_MEGABYTE = 1e6 / 1024**2
"""In MiB."""

_HERE = "cli/stackwright_cli/__main__.py"
_PRODUCTION = "examples/aws-production/blueprint.yaml"


@dataclass(frozen=True)
class Case:
    """One command, and the files without which it cannot run."""

    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...]
    """Paths below the repository, or absolute."""
    cpu_limit: float | None = None
    """CPU seconds that the project promises; None for what is not ours."""
    memory_limit: float | None = None
    """MiB that the project promises; None where it promises none."""
    environment: Mapping[str, str] | None = field(default=None, hash=False)
    """All variables that the command gets; those of the caller by default."""


def peers_folder() -> str:
    """Return the environment that holds cookiecutter and copier.

    It is the variable STACKWRIGHT_PEERS, or `peers` in the environment that runs the benchmark.
    """
    return os.environ.get("STACKWRIGHT_PEERS") or f"{sys.prefix}/peers"


def cases(work: Path) -> tuple[Case, ...]:
    """Return every case, cheapest first.

    Args:
        work: The folder that `prepare` of `benchmarks.rendering` fills.
    """
    return (
        Case("--help", (*STACKWRIGHT, "--help"), (_HERE,), 0.15),
        Case(
            "validate aws-production",
            (*STACKWRIGHT, "validate", "-f", _PRODUCTION),
            (_HERE, _PRODUCTION),
            0.35,
        ),
        Case(
            "plan aws-production",
            (*STACKWRIGHT, "plan", "-f", _PRODUCTION, "-e", "prod", "--format", "json"),
            (_HERE, _PRODUCTION),
            2.0,
            memory_limit=220 * _MEGABYTE,
        ),
        *(
            Case(
                f"synthetic {count:,}",
                (sys.executable, "benchmarks/synthetic.py", str(count)),
                ("benchmarks/synthetic.py",),
                limit,
            )
            for count, limit in ((250, 1.0), (1000, 2.0), (2000, 3.0))
        ),
        Case(
            "check",
            (*STACKWRIGHT, "check", "--project", str(work / "project")),
            (_HERE, TEMPLATE),
            0.3,
        ),
        *rendering_cases(work),
    )


def rendering_cases(work: Path) -> tuple[Case, ...]:
    """Return the cases that make the same project from the same answers: ours, then the peers."""
    peers = peers_folder()
    # A peer reads and writes no file of the user: neither settings nor a replay.
    environment = {"PATH": os.environ["PATH"], "HOME": str(work / "home"), "LC_ALL": "C.UTF-8"}
    pairs = [f"{key}={value}" for key, value in ANSWERS.items()]
    converted = str(work / "copier"), FRESH
    cookiecutter, copier = f"{peers}/bin/cookiecutter", f"{peers}/bin/copier"
    return (
        Case(
            "new tabular-service",
            (*STACKWRIGHT, "new", "tabular-service", FRESH, *_each("--set", pairs)),
            (_HERE, TEMPLATE),
            0.6,
            memory_limit=50 * _MEGABYTE,
        ),
        Case(
            "cookiecutter",
            (cookiecutter, "--no-input", "--output-dir", FRESH, TEMPLATE, *pairs),
            (cookiecutter, TEMPLATE),
            environment=environment,
        ),
        Case(
            "copier copy",
            (copier, "copy", "--quiet", *_each("--data", pairs), "--defaults", *converted),
            (copier, TEMPLATE),
            environment=environment,
        ),
    )


def _each(option: str, values: list[str]) -> list[str]:
    return [part for value in values for part in (option, value)]
