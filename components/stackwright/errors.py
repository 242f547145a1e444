"""What can go wrong, as one tree; each class owns the exit code of the command.

StackwrightError                 exit 1   it failed
├── InputError                   exit 2   what the user wrote is wrong; carries every Problem
│   ├── BlueprintError                    in the blueprint
│   └── UnknownName                       a name on the command line that does not exist
├── MissingExtra                 exit 1   an optional package is not installed
├── PlanError                    exit 1   a program could not be recorded
├── EngineMissing                exit 1   there is no Pulumi CLI that fits
├── EngineFailed                 exit 1   the engine failed, and why
├── EngineStopped                exit 1   the engine was stopped; by a signal, 128 and its number
├── StackMissing                 exit 1   a layer was never deployed
└── Refused                      exit 1   nothing was changed, because of what was found
    └── NotReviewed              exit 3   it is not what was reviewed

NotDeployable, the blueprint still holds example values, and DataWouldBeLost are InputErrors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in what the user wrote, and how to put it right."""

    message: str
    """What is wrong, with the value seen and what is allowed, in one sentence."""
    file: str = ""
    """Path of the file as the user gave it; empty when the problem is in no file."""
    line: int = 0
    """Line of the key or value, from 1; 0 when unknown."""
    column: int = 0
    """Column of the key or value, from 1; 0 when unknown."""
    path: str = ""
    """Dotted key path, such as `tracking.replicas`; empty for the whole file."""
    hint: str = ""
    """The next step, such as the nearest known name; empty when the message says it all."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        text = ": ".join(part for part in (place, self.path, self.message) if part)
        return f"{text} {self.hint}" if self.hint else text


class StackwrightError(Exception):
    """Anything Stackwright refuses or fails to do, in words for the person who asked."""

    exit_code: int = 1


class InputError(StackwrightError):
    """What the user wrote is wrong; every problem is listed, in the order of the file."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class BlueprintError(InputError):
    """The blueprint is wrong."""


class UnknownName(InputError):
    """A name given on the command line is not one of the known names."""


class MissingExtra(StackwrightError):
    """An optional package is needed and not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"{package} is not installed. Install it with: pip install 'stackwright[{extra}]'"
        )


class PlanError(StackwrightError):
    """A program raised while it was being recorded."""


class NotDeployable(InputError):
    """The blueprint plans, but holds example values that nothing may be deployed with."""
