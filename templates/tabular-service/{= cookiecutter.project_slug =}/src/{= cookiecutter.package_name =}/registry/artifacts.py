"""The files of a run: on this machine for a SQLite registry, else through the server."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import ModelRefused
from ..model.bundle import FILE_LIMITS, read_files, refuse_other_names

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

MODEL_FOLDER = "model"
"""The folder, among a run's files, that holds the bundle."""

LOCAL_LOCATION = "mlflow-artifacts:/"
"""What a SQLite registry says about where files are.

Not a path: the folder of a project may be moved. `LocalArtifacts` looks below the database's
folder, and so does an MLflow server that is started with `--artifacts-destination` there.
"""


class Artifacts(Protocol):
    """Where the files of runs are kept."""

    def save(self, run_id: str, folder: Path) -> None:
        """Keep the files of a folder, and of folders in it, as the run's."""

    def bundle_files(self, run_id: str) -> Mapping[str, bytes]:
        """The bytes of the two files of the run's model.

        Raises:
            ModelRefused: There are not exactly these two files, or one is too large.
        """


class LocalArtifacts:
    """Files below a folder of this machine: `<folder>/<run>/artifacts/`, as MLflow has them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, run_id: str, folder: Path) -> None:
        """Keep the files of a folder; all of them or none."""
        run = self._run(run_id)
        try:
            shutil.copytree(folder, run / "artifacts")
        except BaseException:
            shutil.rmtree(run, ignore_errors=True)
            raise

    def bundle_files(self, run_id: str) -> Mapping[str, bytes]:
        """The bytes of the two files of the run's model."""
        return read_files(self._run(run_id) / "artifacts" / MODEL_FOLDER)

    def _run(self, run_id: str) -> Path:
        _check_run(run_id)
        return self._folder / run_id


class ServerArtifacts:
    """Files that MLflow's client writes and reads, wherever the server says that they are."""

    def __init__(self, client: MlflowClient) -> None:
        self._client = client

    def save(self, run_id: str, folder: Path) -> None:
        """Keep the files of a folder."""
        self._client.log_artifacts(run_id, str(folder))

    def bundle_files(self, run_id: str) -> Mapping[str, bytes]:
        """The bytes of the two files of the run's model, read by way of a private folder."""
        _check_run(run_id)
        listed = self._client.list_artifacts(run_id, MODEL_FOLDER)
        refuse_other_names([entry.path.rpartition("/")[2] for entry in listed])
        for entry in listed:
            name = entry.path.rpartition("/")[2]
            if (entry.file_size or 0) > FILE_LIMITS[name]:
                raise ModelRefused(
                    f"{name} of the model has more than the {FILE_LIMITS[name]} bytes allowed"
                )
        with tempfile.TemporaryDirectory(prefix="model-") as folder:
            for name in FILE_LIMITS:
                path = f"{MODEL_FOLDER}/{name}"
                # Whether folders above the file are made depends on the kind of server.
                found = Path(self._client.download_artifacts(run_id, path, folder))
            return read_files(found.parent)


def _check_run(run_id: str) -> None:
    if not re.fullmatch(r"[0-9a-zA-Z_-]{1,64}", run_id):
        raise ModelRefused(f"the model's run has an odd name: {run_id[:80]!r}")
