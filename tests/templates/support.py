"""The templates that are tested, and the answers that each is tested with.

A template is found by looking: those that Stackwright ships, and the fixture. Its sets of answers
are the files of `answers/<template>/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stackwright_cli.assets import asset_folder
from stackwright_cli.projects.answers import Answering
from stackwright_cli.projects.template import Template, read_template, template_names

FIXTURES = Path(__file__).parent / "fixtures"

ANSWERS = Path(__file__).parent / "answers"

FOLDERS = [
    folder / name
    for folder in (asset_folder("templates"), FIXTURES)
    for name in template_names(folder)
]
"""The folder of each template."""

CASES = [
    (folder, answers)
    for folder in FOLDERS
    for answers in sorted((ANSWERS / folder.name).glob("*.yaml"))
]
"""Each template with each of its sets of answers."""

CASE_IDS = [f"{folder.name}-{answers.stem}" for folder, answers in CASES]


def small() -> Template:
    """Return the fixture: a small template that has one file of each kind."""
    return read_template(FIXTURES / "small")


def answers_in(template: Template, file: Path) -> dict[str, Any]:
    """Return a set of answers, checked and complete."""
    return Answering(template).answers([], file)


def tree(folder: Path, left_out: tuple[str, ...] = ()) -> Mapping[str, tuple[bytes, bool]]:
    """Return every file below a folder: its bytes, and whether it can be run."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o100 != 0)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in left_out
    }
