"""A side, loaded: its blueprint with every environment of it, or its stored plans."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stackwright.errors import BlueprintError, InputError, PlanError, Problem
from stackwright_cli.diffing.places import Place
from stackwright_cli.diffing.stored import stored_plans

if TYPE_CHECKING:
    from stackwright.blueprint.document import Document
    from stackwright.environment import Environment
    from stackwright.plan.graph import Plan

BASE, HEAD = "base", "head"


@dataclass(frozen=True, slots=True)
class LoadedSide:
    """One side before it is planned."""

    role: str
    """`base` or `head`."""
    place: Place
    document: Document | None = None
    """The blueprint; None for stored plans, and where there is no blueprint."""
    environments: Mapping[str, Environment] = field(default_factory=dict)
    """Every environment of the blueprint."""
    stored: Mapping[str, Plan] = field(default_factory=dict)
    """Plans that were stored, by environment."""

    @property
    def folder(self) -> Path | None:
        """Folder of the blueprint; None where there is none."""
        file = self.place.blueprint
        return file.parent if file is not None and self.document is not None else None

    @property
    def names(self) -> tuple[str, ...]:
        """The environments of the side."""
        return tuple(self.environments or self.stored)

    @property
    def pinned(self) -> str:
        """What the blueprint says in `requires`; empty for nothing."""
        node = self.document.root.child("requires") if self.document is not None else None
        return str(node.value) if node is not None and node.value is not None else ""


def load(role: str, place: Place) -> LoadedSide:
    """Read a side and check all of it; a blueprint that is not there has no environments.

    Raises:
        InputError: Something is wrong in it; each problem names the side.
    """
    file = place.blueprint
    with named(role, place):
        if file is None:
            return LoadedSide(role, place, stored=stored_plans(place.plans))
        if not os.path.lexists(file):
            return LoadedSide(role, place)
        from stackwright.blueprint.reader import read
        from stackwright.environment import check

        document = read(file)
        problems = tuple(replace(item, file=place.shown) for item in document.problems)
        document = replace(document, file=place.shown, problems=problems)
        return LoadedSide(role, place, document, check(document))


@contextmanager
def named(role: str, place: Place) -> Iterator[None]:
    """Name the side in what is wrong with it, and its files as the user knows them.

    Raises:
        InputError: As raised inside, with the side before each file.
        PlanError: As raised inside, with the side before it.
    """
    try:
        yield
    except InputError as error:
        found = _named(error.problems, role, place)
        if role == BASE and isinstance(error, BlueprintError) and place.is_fixed:
            found.append(Problem(_WRONG_FOR_US, f"{role}: {place.label}", hint=_OTHER_VERSION))
        raise type(error)(found) from None
    except PlanError as error:
        raise PlanError(f"{role}: {_as_known(str(error), place)}") from error


def _named(problems: Sequence[Problem], role: str, place: Place) -> list[Problem]:
    return [
        replace(
            problem,
            file=f"{role}: {_as_known(problem.file, place)}",
            hint=_OTHER_VERSION if problem.path == "requires" else problem.hint,
        )
        for problem in problems
    ]


_WRONG_FOR_US = (
    "a commit cannot be mended, but it may be right for the version that it was made for."
)

_OTHER_VERSION = (
    "Plan it with its own version (stackwright plan --format json -o FILE), and compare the stored"
    " plans."
)


def _as_known(text: str, place: Place) -> str:
    """Return a text with the files of a temporary folder by their paths in the repository."""
    root = place.root
    return text.replace(f"{root}/", "") if root is not None and root.is_absolute() else text
