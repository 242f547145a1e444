"""Making a project: answers are collected, files rendered and checked, then moved into place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stackwright_cli.projects.answers import Answering
from stackwright_cli.projects.manifest import SLUG_KEY
from stackwright_cli.projects.records import (
    BASE_FILE,
    LOCK_FILE,
    base_text,
    lock_text,
    permissions,
)
from stackwright_cli.projects.renderer import RenderedFile, Renderer
from stackwright_cli.projects.selfcheck import require_sound
from stackwright_cli.projects.template import PLAIN, Template, damaged
from stackwright_cli.staging import StagedFile, create_folder, require_vacant


@dataclass(frozen=True, slots=True)
class Platform:
    """An environment of a platform that a new project is wired to."""

    environment: str
    source: Path
    """Its blueprint, a stored plan, or outputs of a stack."""
    use: Mapping[str, str]
    """Instance to use, by contract, where several could be meant."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project that is rendered and not yet written."""

    template: Template
    answers: Mapping[str, Any]
    files: Mapping[str, RenderedFile]
    """Every file by its path, those that Stackwright adds to the template's too; sorted."""
    wiring: str = ""
    """Path of the wiring that was written; empty when no environment was named."""

    @property
    def name(self) -> str:
        """Name of the project."""
        return str(self.answers[SLUG_KEY])


def new_project(
    template: Template,
    folder: Path,
    values: Sequence[str] = (),
    answers_file: Path | None = None,
    platform: Platform | None = None,
) -> Project:
    """Make a project in `folder`, whole or not at all.

    Args:
        template: What to render.
        folder: Where to; it does not exist, or is an empty folder that can be replaced.
        values: Answers as `KEY=VALUE`; these win over the file.
        answers_file: YAML with answers.
        platform: What to write the wiring of; none is written when it is not given.

    Raises:
        InputError: Answers are wrong, or something is in the way; nothing is written.
        StackwrightError: The template is damaged, or the system refuses; nothing is written.
    """
    require_vacant(folder)
    answers = Answering(template, folder.absolute().name).answers(values, answers_file)
    added = _wiring(template, answers, folder, platform) if platform is not None else {}
    project = render_project(template, answers, added)
    staged = {
        path: StagedFile(file.content, permissions(file.mode))
        for path, file in project.files.items()
    }
    create_folder(folder, staged)
    return project


def render_project(
    template: Template, answers: Mapping[str, Any], added: Mapping[str, str] | None = None
) -> Project:
    """Return a project with its records, checked.

    Args:
        template: What to render.
        answers: A valid answer to every question.
        added: Files that no template has: path -> text.

    Raises:
        StackwrightError: The template is damaged.
    """
    files = Renderer(template).files(answers)
    require_sound(template, files)
    own = {
        **(added or {}),
        LOCK_FILE: lock_text(template, answers, files),
        BASE_FILE: base_text(template, files),
    }
    for path in own:
        if path in files:
            raise damaged(template.name, f"{path} is not a template's to write")
    every = {**files, **{path: RenderedFile(text.encode(), PLAIN) for path, text in own.items()}}
    return Project(template, answers, dict(sorted(every.items())), next(iter(added or ()), ""))


def _wiring(
    template: Template, answers: Mapping[str, Any], folder: Path, platform: Platform
) -> dict[str, str]:
    from stackwright_cli.projects.wiring import wiring_file_text
    from stackwright_cli.projects.wiring_file import path_of

    path = path_of(folder, platform.environment).relative_to(folder).as_posix()
    needs, project = template.manifest.wiring, answers[SLUG_KEY]
    text = wiring_file_text(
        platform.source, platform.environment, project, needs, folder, platform.use
    )
    return {path: text}
