"""The project: its folder, the environment it works in, and what its configuration says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .environment import Environment, open_environment
from .errors import InputError
from .storage import Storage

if TYPE_CHECKING:
    from .data.contract import DataContract
    from .settings import Settings

Purpose = Literal["data", "predictions", "labels", "reports", "retraining"]


@dataclass(frozen=True)
class Project:
    """One project in one environment."""

    root: Path
    """Absolute path of the folder that holds pyproject.toml."""
    environment: Environment

    @cached_property
    def settings(self) -> Settings:
        """What configuration/project.yaml says, read when first used.

        Raises:
            InputError: The file is wrong; every problem is named.
        """
        from .configuration import read_configuration
        from .settings import Settings

        return read_configuration(self.root / "configuration" / "project.yaml", Settings)

    @cached_property
    def contract(self) -> DataContract:
        """What configuration/data.yaml says, read when first used.

        Raises:
            InputError: The file is wrong; every problem is named.
        """
        from .configuration import read_configuration
        from .data.contract import DataContract

        return read_configuration(self.contract_file, DataContract)

    @property
    def contract_file(self) -> Path:
        """Where the data contract is."""
        return self.root / "configuration" / "data.yaml"

    def storage(self, purpose: Purpose) -> Storage:
        """Return where things of one purpose are kept in this environment.

        Raises:
            InputError: The wiring does not say yet where that is.
        """
        return Storage(
            f"{self.environment.storage_url}/{purpose}",
            endpoint=self.environment.object_store_endpoint,
            region=self.environment.region,
        )


def open_project(environment: str = "local") -> Project:
    """Return the project of the working directory, or of the variable PROJECT_ROOT.

    Raises:
        InputError: There is no project there, or no such environment.
    """
    root = _root()
    return Project(root=root, environment=open_environment(environment, root))


def _root() -> Path:
    given = os.environ.get("PROJECT_ROOT")
    if given:
        root = Path(given).absolute()
        if not (root / "pyproject.toml").is_file():
            raise InputError([f"PROJECT_ROOT: {root} is no project: it has no pyproject.toml"])
        return root
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file() and (folder / "configuration").is_dir():
            return folder
    raise InputError(
        [
            f"{here}: no project here or above (a folder with pyproject.toml and configuration/);"
            " go there, or name it in the variable PROJECT_ROOT"
        ]
    )
