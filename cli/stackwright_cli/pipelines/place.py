"""What a pipeline is about: one blueprint, somewhere in one repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from stackwright.errors import InputError, Problem
from stackwright.naming import BLUEPRINT_FILE
from stackwright_cli.diffing.git import Repository, require_repository

REQUIREMENTS_FILE = "requirements.txt"

MAIN = "main"
"""What git and forges call the first branch."""

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
"""Paths that mean the same to YAML, to a shell and to a forge."""


@dataclass(frozen=True, slots=True)
class Place:
    """One blueprint in its repository."""

    root: Path
    """Top folder of the repository."""
    blueprint: str
    """Below the root, with `/`."""
    branch: str = MAIN
    """Default branch, which pull requests go into."""

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

    @property
    def watched(self) -> tuple[str, ...]:
        """Files and folders, these with `/` at their end, that what is deployed follows from."""
        return watched(self.blueprint)

    def named(self, name: str) -> str:
        """Return a name with the suffix, if there is one."""
        return f"{name}-{self.suffix}" if self.suffix else name


def watched(blueprint: str) -> tuple[str, ...]:
    """Return what a platform follows from: its folder, or its parts at the top of a repository.

    Args:
        blueprint: Its path below the root of the repository, with `/`.
    """
    path = PurePosixPath(blueprint)
    if len(path.parts) > 1:
        return (f"{path.parent}/",)
    return (str(path), REQUIREMENTS_FILE, "stacks/", "projects/")


def place_of(file: Path) -> Place:
    """Return where a blueprint is.

    Raises:
        InputError: There is no such file, it is in no repository, what it pins is missing, or its
            path has characters that a pipeline cannot say.
    """
    if not file.is_file():
        hint = "Name the blueprint with -f, or make one: stackwright init."
        raise InputError([Problem("there is no such file.", file=str(file), hint=hint)])
    repository = require_repository(file.parent, "a pipeline")
    root = repository.root
    blueprint = file.resolve().relative_to(root.resolve()).as_posix()
    branch = _branch(repository)
    for name, what in ((blueprint, "path"), (branch, "default branch")):
        if not _PLAIN.fullmatch(name):
            message = (
                f"a pipeline needs a {what} of letters, digits and the characters . _ - / only."
            )
            raise InputError([Problem(message, file=str(file))])
    found = Place(root, blueprint, branch)
    if not (root / found.requirements).is_file():
        message = "it is missing; the pipeline installs what it pins."
        hint = "Write the line that `stackwright init` writes, such as stackwright[aws]==VERSION."
        raise InputError([Problem(message, file=found.requirements, hint=hint)])
    return found


def _branch(repository: Repository) -> str:
    """Return the default branch by its short name; `main` before the first commit."""
    name = repository.default_branch() or MAIN
    return name.removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
