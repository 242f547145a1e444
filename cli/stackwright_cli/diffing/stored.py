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
        found = _read(file)
        if isinstance(found, Problem):
            problems.append(found)
        elif found.environment in plans:
            message = f"another file holds environment {found.environment} already."
            problems.append(Problem(message, file=str(file)))
        else:
            plans[found.environment] = found
    if problems:
        raise InputError(problems)
    return plans


def _read(file: Path) -> Plan | Problem:
    from stackwright.plan.graph import Plan

    try:
        return Plan.from_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        return Problem(f"this file cannot be read: {error.strerror}.", file=str(file))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        hint = "Write one: stackwright plan --format json -o FILE."
        return Problem("this file holds no plan of this version.", file=str(file), hint=hint)
