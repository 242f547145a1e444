"""Registers a project at its platform: `projects/<name>.yaml` in the platform's repository.

A change of the platform is checked against these files, so the platform knows who relies on what.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stackwright.blueprint.document import Document
from stackwright.blueprint.reader import read
from stackwright.blueprint.shown import shown
from stackwright.blueprint.validation import check
from stackwright.errors import InputError, Problem
from stackwright.naming import BLUEPRINT_FILE
from stackwright.project_requirement import (
    SCHEMA,
    ProjectRequirement,
    requirement,
)
from stackwright.wiring import plain_node
from stackwright_cli.projects.manifest import required_keys
from stackwright_cli.projects.wiring_file import FOLDER, read_wiring
from stackwright_cli.projects.wiring_writing import place_file

if TYPE_CHECKING:
    from stackwright_cli.projects.records import Lock

PROJECTS = "projects"
"""Folder of the platform's repository that holds a file for each project."""


def register(
    platform: Path, project: Path, name: str, lock: Lock, repository: str | None = None
) -> str:
    """Write what the project relies on, and return what was done.

    Args:
        platform: Folder of the platform, with its blueprint.
        project: Folder of the project, wired to at least one environment of that platform.
        name: Name of the project.
        lock: The project's lock.
        repository: Repository of the project as OWNER/REPOSITORY; the one that is registered
            already when not given.

    Raises:
        InputError: `platform` is none, the project is not wired to it, or another project has
            its name there. Nothing is written.
    """
    blueprint = _blueprint(platform)
    made = _requirement(project, name, lock, repository, blueprint)
    file = platform / PROJECTS / f"{name}.yaml"
    before = _registered(file)
    if before is not None:
        made = _merged(made, before, file)
    changed = place_file(file.parent, file.name, made.text())
    said = f"Wrote {file}." if changed else f"{file} is up to date."
    return "\n".join((said, *_not_covered(platform, file, blueprint)))


def _blueprint(platform: Path) -> Document:
    file = platform / BLUEPRINT_FILE
    if not file.is_file():
        hint = "Name the folder that `stackwright init` made."
        raise InputError(
            [Problem(f"this folder holds no {BLUEPRINT_FILE}.", str(platform), hint=hint)]
        )
    return read(file)


def _requirement(
    project: Path, name: str, lock: Lock, repository: str | None, blueprint: Document
) -> ProjectRequirement:
    required = {contract: required_keys(keys) for contract, keys in sorted(lock.wiring.items())}
    data = {
        "schema": SCHEMA,
        "name": name,
        "template": lock.template.name,
        "repository": repository,
        "environments": _environments(project, blueprint),
        "needs": {contract: keys for contract, keys in required.items() if keys},
    }
    made, problems = check(ProjectRequirement, plain_node(data), "")
    if made is None:
        hint = f"It is what {PROJECTS}/{name}.yaml of the platform would say."
        raise InputError([replace(problem, hint=problem.hint or hint) for problem in problems])
    return made


def _environments(project: Path, blueprint: Document) -> list[str]:
    """Return the environments of the platform that the project is wired to."""
    platform = blueprint.plain().get("name")
    wired = [read_wiring(file) for file in sorted((project / FOLDER).glob("*.json"))]
    found = sorted({wiring.environment for wiring in wired if wiring.platform == platform})
    if not found:
        message = f"the project is not wired to platform {shown(platform)}."
        hint = f"Wire it first: stackwright wire -e ENVIRONMENT --from {blueprint.file}."
        raise InputError([Problem(message, str(project / FOLDER), hint=hint)])
    return found


def _registered(file: Path) -> ProjectRequirement | None:
    if not file.is_file():
        return None
    try:
        return requirement(read(file))
    except InputError as error:
        hint = "It is not overwritten; mend it, or remove it."
        raise InputError(
            [*error.problems, Problem("this file registers no project.", str(file), hint=hint)]
        ) from None


def _merged(made: ProjectRequirement, before: ProjectRequirement, file: Path) -> ProjectRequirement:
    if made.repository is None:
        return made.model_copy(update={"repository": before.repository})
    if before.repository in (None, made.repository):
        return made
    message = f"{made.name} is registered by {before.repository}, and not {made.repository}."
    hint = "Give the project another name; if it has moved, remove this file first."
    raise InputError([Problem(message, str(file), path="repository", hint=hint)])


def _not_covered(platform: Path, file: Path, blueprint: Document) -> list[str]:
    pattern = blueprint.plain().get("projects")
    # An absolute pattern, which `validate` refuses, is one that pathlib does not take.
    with suppress(NotImplementedError, ValueError):
        if isinstance(pattern, str) and pattern and file in set(platform.glob(pattern)):
            return []
    return [f"Say so in {blueprint.file}, or nobody reads it: projects: {PROJECTS}/*.yaml"]
