"""A history: commits of a repository that holds a blueprint, and what is said of its last files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import Field
from tests.scenarios.comparing import write
from tests.scenarios.scenario import BASES, Edits, Expected, Strict

HISTORIES = Path(__file__).with_name("histories")

_BLUEPRINT = "blueprint.yaml"


class Step(Edits):
    """One commit."""

    branch: str = ""
    """Branch that it is made on; begun here when there is none of that name."""
    merge: str = ""
    """Branch that is merged before."""
    move: str = ""
    """Where the blueprint is moved to."""
    commit: bool = True
    """Whether what changes is committed."""
    without_blueprint: bool = False
    """Whether there is no blueprint yet."""


class History(Strict):
    """A repository and the verdict."""

    about: str
    begin: str
    """Name of a file in `bases` that the first commit holds."""
    steps: tuple[Step, ...] = Field(min_length=1)
    arguments: tuple[str, ...] = ()
    """What follows `stackwright diff`."""
    expect: Expected
    open: str = ""
    """As that of a scenario."""

    @classmethod
    def of(cls, name: str) -> History:
        """Return the history of a name."""
        text = (HISTORIES / f"{name}.yaml").read_text(encoding="utf-8")
        return cls.model_validate(yaml.safe_load(text))

    def replay(self, folder: Path) -> None:
        """Make the repository in an empty folder."""
        _git(folder, "init", "-q", "-b", "main")
        begin = (BASES / f"{self.begin}.yaml").read_text(encoding="utf-8")
        for step in self.steps:
            _go(folder, step)
            _change(folder, step, begin)
            if step.commit:
                _git(folder, "add", "-A")
                _git(folder, "commit", "-q", "--allow-empty", "-m", "A step")


def _go(folder: Path, step: Step) -> None:
    if step.branch:
        known = step.branch in _git(folder, "branch", "--format=%(refname:short)").split()
        _git(folder, "switch", "-q", *([] if known else ["-c"]), step.branch)
    if step.merge:
        _git(folder, "merge", "-q", "--no-edit", step.merge)


def _change(folder: Path, step: Step, begin: str) -> None:
    blueprint = folder / _BLUEPRINT
    if not step.without_blueprint:
        text = blueprint.read_text(encoding="utf-8") if blueprint.exists() else begin
        blueprint.write_text(step.applied(text), encoding="utf-8")
    if step.move:
        (folder / step.move).parent.mkdir(parents=True)
        blueprint.rename(folder / step.move)
    write(folder, step.files)


def _git(folder: Path, *words: str) -> str:
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**quiet(), **identity, "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def quiet() -> Mapping[str, str]:
    """Return the variables of a process that sees no configuration of Git but the repository's."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
