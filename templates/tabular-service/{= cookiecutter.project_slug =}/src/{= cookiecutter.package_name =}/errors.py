"""Errors are words for people, each with the exit code of the command that meets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class ProjectError(Exception):
    """Something failed that is no mistake of the person: exit code 1."""

    exit_code: ClassVar[int] = 1


class InputError(ProjectError):
    """What was given is wrong; all problems at once: exit code 2."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class AnswerNo(ProjectError):
    """The work was done and its answer is no; the text says why: exit code 3."""

    exit_code: ClassVar[int] = 3


class ModelRefused(ProjectError):
    """A model that may not be loaded; the text says why: exit code 1."""
