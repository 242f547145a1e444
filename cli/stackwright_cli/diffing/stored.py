"""Stored plans: what `stackwright plan --format json -o` wrote, read again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stackwright.errors import InputError, Problem

if TYPE_CHECKING:
    from stackwright.plan.graph import Plan


def stored_plans(files: Sequence[Path]) -> dict[str, Plan]:
    """Return the plan of each file by the name of its environment, in the order of the files.

    Raises:
        InputError: A file cannot be read or holds no plan, or two are of one environment; every
            one is listed.
    """
    plans: dict[str, Plan] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            found = _read(file)
        except InputError as error:
            problems += error.problems
            continue
        if found.environment in plans:
            message = f"another file holds environment {found.environment} already."
            problems.append(Problem(message, file=str(file)))
        else:
            plans[found.environment] = found
    if problems:
        raise InputError(problems)
    return plans


def _read(file: Path) -> Plan:
    from stackwright.plan.graph import Plan

    try:
        # What is no text is no JSON, and said to be none there.
        return Plan.from_json(file.read_text(encoding="utf-8", errors="replace"), str(file))
    except OSError as error:
        problem = Problem(f"this file cannot be read: {error.strerror}.", file=str(file))
        raise InputError([problem]) from None
