"""Compares the two sides of a scenario, as the command does it with two folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from tests.scenarios.scenario import BASES, PAIRS, Scenario

from stackwright.diff.model import Diff
from stackwright.plan import make
from stackwright_cli.diffing.comparison import Choice, compared

if TYPE_CHECKING:
    from stackwright.environment import Environment
    from stackwright.plan.graph import Plan

NAMES = sorted(path.stem for path in PAIRS.glob("*.yaml"))

_MAKE_PLAN = make.make_plan

_PLANS: dict[tuple[str, str], Plan] = {}


def scenario(name: str) -> Scenario:
    """Return the scenario of a name."""
    return Scenario.read(PAIRS / f"{name}.yaml")


def diff_of(scenario: Scenario, folder: Path) -> Diff:
    """Return what changes between the sides of a scenario, judged on its day.

    Args:
        scenario: The scenario.
        folder: An empty folder that the sides are written to.
    """
    base, head = folder / "base", folder / "head"
    for place, files in zip((base, head), scenario.sides(), strict=True):
        write(place, files)
    today = date.fromisoformat(scenario.today)
    with (
        mock.patch("stackwright.allowances.today", return_value=today),
        mock.patch.object(make, "make_plan", _remembered),
    ):
        choice = Choice(str(base), str(head), Path("blueprint.yaml"), scenario.environments)
        return compared(choice)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of one side."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def _remembered(environment: Environment, folder: Path, report: Callable[[str], None]) -> Plan:
    """Return a plan; that of a blueprint which many scenarios begin from is made once."""
    text = (folder / "blueprint.yaml").read_text(encoding="utf-8")
    if text not in _begins() or (folder / "stacks").exists():
        return _MAKE_PLAN(environment, folder, report)
    key = text, environment.scope["environment"]
    if key not in _PLANS:
        _PLANS[key] = _MAKE_PLAN(environment, folder, report)
    return _PLANS[key]


@cache
def _begins() -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8") for path in BASES.glob("*.yaml"))
