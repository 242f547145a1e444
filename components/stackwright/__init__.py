"""Stackwright: infrastructure-as-code blueprints for MLOps.

The public names below come from modules that are imported when a name is first used, so that
`import stackwright` costs nothing and the command starts at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackwright.environment import Environment as Environment
    from stackwright.environment import load_environment as load_environment
    from stackwright.errors import BlueprintError as BlueprintError
    from stackwright.errors import InputError as InputError
    from stackwright.errors import MissingExtra as MissingExtra
    from stackwright.errors import NotDeployable as NotDeployable
    from stackwright.errors import PlanError as PlanError
    from stackwright.errors import Problem as Problem
    from stackwright.errors import StackwrightError as StackwrightError
    from stackwright.errors import UnknownName as UnknownName
    from stackwright.plan.graph import Plan as Plan
    from stackwright.plan.make import plan_environment as plan_environment
    from stackwright.program import Platform as Platform
    from stackwright.program import build as build

__version__ = "0.1.0"

_MODULE_OF = {
    "BlueprintError": "stackwright.errors",
    "Environment": "stackwright.environment",
    "InputError": "stackwright.errors",
    "MissingExtra": "stackwright.errors",
    "NotDeployable": "stackwright.errors",
    "Plan": "stackwright.plan.graph",
    "PlanError": "stackwright.errors",
    "Platform": "stackwright.program",
    "Problem": "stackwright.errors",
    "StackwrightError": "stackwright.errors",
    "UnknownName": "stackwright.errors",
    "build": "stackwright.program",
    "load_environment": "stackwright.environment",
    "plan_environment": "stackwright.plan.make",
}
"""The module of each public name, by name; the imports above say the same to type checkers."""

__all__ = [  # noqa: PLE0604 - the table is the one list
    "__version__",
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
