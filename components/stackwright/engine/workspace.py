"""The folders that the engine works in, one per layer, and the stack of an environment in each.

State lives where Pulumi's own files say: `backend.url` in a layer's Pulumi.yaml, the secrets
provider in its `Pulumi.ENVIRONMENT.yaml`. So plain `pulumi` in the same folder sees the same.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pulumi.automation import LocalWorkspace, Stack, UpdateSummary
from pulumi.automation._stack import StackInitMode
from pulumi.automation.errors import (
    CommandError,
    StackAlreadyExistsError,
    StackNotFoundError,
)

from stackwright import naming
from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand, interpreter_first
from stackwright.engine.failures import EngineFailed, explain
from stackwright.environment import Environment
from stackwright.errors import InputError, Problem, StackwrightError

PROJECT_FILE = "Pulumi.yaml"


class StackMissing(StackwrightError):
    """A layer of the environment was never deployed: its stack does not exist."""


class QuietStack(Stack):
    """A stack of the Automation API that does not read all outputs and history after each run.

    The Automation API reads both with every secret in plain text. We read outputs once, masked.
    """

    def outputs(self) -> Any:
        """Return none; see `state`."""
        return {}

    def info(self, show_secrets: bool = False) -> UpdateSummary:
        """Return nothing of the history: the events have said it."""
        return _NO_SUMMARY


@dataclass(frozen=True)
class LayerFolder:
    """The Pulumi project of one layer.

    Args:
        layer: Which.
        folder: Where its Pulumi.yaml is.
        environment: Name of the environment, which is the name of the stack.
        command: The engine.
        variables: Environment variables for the engine, on top of this process's own.
    """

    layer: Layer
    folder: Path
    environment: str
    command: EngineCommand
    variables: Mapping[str, str]

    @property
    def settings_file(self) -> Path:
        """The file that holds the secrets provider of the stack."""
        return self.folder / f"Pulumi.{self.environment}.yaml"

    @cached_property
    def project(self) -> Mapping[str, Any]:
        """What Pulumi.yaml says."""
        return project_settings(self.folder / PROJECT_FILE)

    @property
    def project_name(self) -> str:
        """Name of the project; empty when Pulumi.yaml has none."""
        return str(self.project.get("name", ""))

    @property
    def process_variables(self) -> dict[str, str]:
        """All variables that the engine runs with."""
        return {**os.environ, **self.variables}

    @property
    def workspace(self) -> LocalWorkspace:
        """The folder, as the Automation API takes it."""
        return LocalWorkspace(
            work_dir=str(self.folder), pulumi_command=self.command, env_vars=self.variables
        )

    def stack(self) -> QuietStack:
        """Return the stack.

        Raises:
            StackMissing: There is none yet.
            EngineFailed: The engine cannot tell.
        """
        try:
            return self._stack(self.workspace, StackInitMode.SELECT)
        except StackNotFoundError:
            raise StackMissing(
                f"the {self.layer} layer of {self.environment} was never deployed: "
                f"there is no stack {self.environment} in {self.folder}. "
                f"First: stackwright up -e {self.environment}"
            ) from None

    def made_stack(self, secrets_provider: str | None = None) -> QuietStack:
        """Return the stack, made now if there was none.

        Args:
            secrets_provider: What encrypts the secrets of a new stack, such as `passphrase` or
                `awskms://alias/NAME`; what Pulumi's own files say if None.

        Raises:
            EngineFailed: The engine cannot make it.
        """
        workspace = self.workspace
        workspace.secrets_provider = secrets_provider
        with suppress(StackNotFoundError):
            return self._stack(workspace, StackInitMode.SELECT)
        try:
            return self._stack(workspace, StackInitMode.CREATE)
        except StackAlreadyExistsError:
            # Somebody else has made it meanwhile.
            return self._stack(workspace, StackInitMode.SELECT)

    def _stack(self, workspace: LocalWorkspace, mode: StackInitMode) -> QuietStack:
        try:
            return QuietStack(self.environment, workspace, mode)
        except (StackNotFoundError, StackAlreadyExistsError):
            raise
        except CommandError as error:
            raise EngineFailed(explain(error, (), self)) from None


def layer_folders(
    environment: Environment, blueprint_folder: Path, command: EngineCommand
) -> tuple[LayerFolder, ...]:
    """Return the folders of the layers that an environment has, in order of deployment.

    Raises:
        InputError: A layer has no program, or one of another name; every one is listed.
    """
    every = _every_folder(environment, blueprint_folder, command)
    found = tuple(one for one in every if environment.parts(one.layer))
    name = environment.scope["name"]
    problems = [problem for one in found if (problem := _problem(one, name))]
    if problems:
        raise InputError(problems)
    return found


def _problem(folder: LayerFolder, platform: str) -> Problem | None:
    """Return why the program of a layer is none of a platform's."""
    file = folder.folder / PROJECT_FILE
    if not file.is_file():
        return Problem(
            f"there is no {PROJECT_FILE}, so the {folder.layer} layer has no program.",
            file=str(folder.folder),
            hint="`stackwright init` writes both programs beside the blueprint.",
        )
    wanted = naming.project(platform, folder.layer)
    if folder.project_name == wanted:
        return None
    return Problem(
        f"the project is called {folder.project_name!r}, and in a platform called {platform} it is"
        f" {wanted}: the layers would not find each other.",
        file=str(file),
        hint=f"If nothing was deployed yet, write name: {wanted}. If something was, give the"
        " blueprint its old name back: under another one all of it would be made anew.",
    )


def folders_without_tools(
    environment: Environment, blueprint_folder: Path, command: EngineCommand
) -> tuple[LayerFolder, ...]:
    """Return the folders of layers that the blueprint has no tool for and that may be deployed."""
    return tuple(
        one
        for one in _every_folder(environment, blueprint_folder, command)
        if not environment.parts(one.layer) and (one.folder / PROJECT_FILE).is_file()
    )


def _every_folder(
    environment: Environment, blueprint_folder: Path, command: EngineCommand
) -> tuple[LayerFolder, ...]:
    variables = engine_variables()
    return tuple(
        LayerFolder(
            layer,
            (blueprint_folder / "stacks" / layer).resolve(),
            environment.scope["environment"],
            command,
            variables,
        )
        for layer in Layer
    )


def engine_variables() -> dict[str, str]:
    """Return the variables that the engine and our programs run with."""
    return {
        **interpreter_first(os.environ),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # Without checkpoints nobody knows what a killed run has made.
        "PULUMI_SKIP_CHECKPOINTS": "false",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def project_settings(path: Path) -> Mapping[str, Any]:
    """Return what a Pulumi.yaml says.

    Raises:
        InputError: It cannot be read as YAML of a mapping.
    """
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = Problem(f"it cannot be read: {error.strerror}.", file=str(path))
        raise InputError([problem]) from None
    except (ValueError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        problem = Problem("this is no valid YAML.", file=str(path), line=line, column=column)
        raise InputError([problem]) from None
    if not isinstance(found, dict):
        raise InputError([Problem("a mapping is expected.", file=str(path))])
    return found


_NO_SUMMARY = UpdateSummary(
    kind="update",
    start_time=None,  # type: ignore[arg-type]  # nobody reads it
    message="",
    environment={},
    config={},
    result="",
)
