"""Stackwright: infrastructure-as-code blueprints for MLOps.

The public names below come from modules that are imported when a name is first used, so that
`import stackwright` costs nothing and the command starts at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackwright.errors import BlueprintError as BlueprintError
    from stackwright.errors import InputError as InputError
    from stackwright.errors import MissingExtra as MissingExtra
    from stackwright.errors import NotDeployable as NotDeployable
    from stackwright.errors import PlanError as PlanError
    from stackwright.errors import Problem as Problem
    from stackwright.errors import StackwrightError as StackwrightError
    from stackwright.errors import UnknownName as UnknownName

__version__ = "0.1.0"

_MODULE_OF = {
    "BlueprintError": "stackwright.errors",
    "InputError": "stackwright.errors",
    "MissingExtra": "stackwright.errors",
    "NotDeployable": "stackwright.errors",
    "PlanError": "stackwright.errors",
    "Problem": "stackwright.errors",
    "StackwrightError": "stackwright.errors",
    "UnknownName": "stackwright.errors",
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
