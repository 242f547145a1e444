"""What a pipeline is about: one blueprint, somewhere in one repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from stackwright.errors import InputError, Problem
from stackwright.naming import BLUEPRINT_FILE
from stackwright_cli.diffing.git import require_repository

REQUIREMENTS_FILE = "requirements.txt"

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
"""Paths that mean the same to YAML, to a shell and to a forge."""


@dataclass(frozen=True, slots=True)
class Place:
    """One blueprint in its repository."""

    root: Path
    """Top folder of the repository."""
    blueprint: str
    """Below the root, with `/`."""

    @property
    def requirements(self) -> str:
        """The file beside the blueprint that pins what is installed, below the root."""
        return str(PurePosixPath(self.blueprint).with_name(REQUIREMENTS_FILE))

    @property
    def suffix(self) -> str:
        """What tells its pipeline from those of other blueprints; empty for the usual place."""
        path = PurePosixPath(self.blueprint)
        parts = path.parts[:-1] if path.name == BLUEPRINT_FILE else path.with_suffix("").parts
        return "-".join(re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-") for part in parts)

    def named(self, name: str) -> str:
        """Return a name with the suffix, if there is one."""
        return f"{name}-{self.suffix}" if self.suffix else name


def place_of(file: Path) -> Place:
    """Return where a blueprint is.

    Raises:
        InputError: There is no such file, it is in no repository, what it pins is missing, or its
            path has characters that a pipeline cannot say.
    """
    if not file.is_file():
        hint = "Name the blueprint with -f, or make one: stackwright init."
        raise InputError([Problem("there is no such file.", file=str(file), hint=hint)])
    root = require_repository(file.parent, "a pipeline").root
    blueprint = file.resolve().relative_to(root.resolve()).as_posix()
    if not _PLAIN.fullmatch(blueprint):
        message = "a pipeline needs a path of letters, digits and the characters . _ - / only."
        raise InputError([Problem(message, file=str(file))])
    found = Place(root, blueprint)
    if not (root / found.requirements).is_file():
        message = "it is missing; the pipeline installs what it pins."
        hint = "Write the line that `stackwright init` writes, such as stackwright[aws]==VERSION."
        raise InputError([Problem(message, file=found.requirements, hint=hint)])
    return found
