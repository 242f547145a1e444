"""The model's versions: what is registered, which one is in use, and loading one safely."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from .. import PROJECT
from ..errors import InputError, ModelRefused
from ..model.bundle import (
    CONTRACT_FILE,
    MODEL_FILE,
    Bundle,
    parse_bundle,
    refuse_wrong_digests,
)
from ..model.contract import ModelContract, parse_contract, refuse_other_features
from .artifacts import (
    MODEL_FOLDER,
    Artifacts,
    LocalArtifacts,
    ServerArtifacts,
)
from .connection import connect, failures_named, sqlite_file, without_password
from .runs import Run, experiment, log_figures, unless_there

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

    from ..project import Project

CHALLENGER: Final = "challenger"
"""Alias of the version that was trained last."""
CHAMPION: Final = "champion"
"""Alias of the version that the service uses."""
PREVIOUS: Final = "previous"
"""Alias of the version that was champion before: where a rollback goes."""

DIGEST_TAGS: Final[Mapping[str, str]] = {
    MODEL_FILE: "sha256.model",
    CONTRACT_FILE: "sha256.contract",
}
"""The tag of a version that holds the digest of each file."""


@dataclass(frozen=True)
class Version:
    """One registered version of the model."""

    number: int
    run_id: str
    tags: Mapping[str, str]
    source: str
    aliases: tuple[str, ...] = ()

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of each file of the bundle, as far as it is registered."""
        return {name: self.tags.get(tag, "") for name, tag in DIGEST_TAGS.items()}


class Registry:
    """The model registry of a project, in the project's environment.

    Every method raises ProjectError, naming the address, when the registry does not answer, and
    InputError when a local one does not exist yet. A registry connects when it is first used.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    @property
    def location(self) -> str:
        """The address, without a password."""
        return without_password(self._uri)

    def version(self, alias_or_number: str) -> Version | None:
        """The version with this alias or number; None when there is none."""
        found = self._find(alias_or_number)
        return None if found is None else _version(found)

    def require(self, alias_or_number: str) -> Version:
        """The version with this alias or number.

        Raises:
            InputError: There is none.
        """
        found = self.version(alias_or_number)
        if found is None:
            run = {CHAMPION: "promote", CHALLENGER: "train"}.get(alias_or_number, "status")
            raise InputError([f"{PROJECT}: there is no version {alias_or_number}; run `{run}`"])
        return found

    def champion_number(self) -> int | None:
        """The number of the version in use: one cheap question, made for asking again and again."""
        found = self._find(CHAMPION)
        return None if found is None else int(found.version)

    def versions(self) -> list[Version]:
        """All versions, the newest first, with their aliases."""
        with failures_named(self._uri):
            numbers = [
                int(found.version)
                for found in self._client.search_model_versions(f"name='{PROJECT}'")
            ]
        every = [self.version(str(number)) for number in sorted(numbers, reverse=True)]
        return [version for version in every if version is not None]

    def load(self, version: Version) -> Bundle:
        """Load the model of a version after its files equal the version's digests.

        Raises:
            ModelRefused: It may not be loaded, or its features are not those of the project's data
                contract; the reason says what is wrong.
        """
        bundle = parse_bundle(self._files(version), version.digests)
        refuse_other_features(bundle.contract, self._project.contract)
        return bundle

    def contract(self, version: Version) -> ModelContract:
        """What a version says about itself, without loading the model.

        Raises:
            ModelRefused: Its files are not those that were registered, or do not parse.
        """
        return parse_contract(self.verify(version)[CONTRACT_FILE])

    def verify(self, version: Version) -> Mapping[str, bytes]:
        """The bytes of a version's files, after they equal the version's digests.

        Raises:
            ModelRefused: They differ, or there are not exactly these files.
        """
        contents = self._files(version)
        refuse_wrong_digests(contents, version.digests)
        return contents

    def record(self, run: Run, folder: Path) -> Version:
        """Keep a training run with its files and register its model as the next version.

        Args:
            run: Parameters, metrics and tags. Its digests become tags of the version.
            folder: Files to keep; the bundle is in its folder `model`.

        When anything fails the run is marked as failed and no version is registered.
        """
        client = self._writer
        with failures_named(self._uri):
            started = client.create_run(
                experiment(client, local=self._file is not None),
                tags=dict(run.tags),
                run_name=run.name,
            )
            run_id = started.info.run_id
            try:
                log_figures(client, run_id, run)
                self._artifacts.save(run_id, folder)
                version = self._register(run_id, run.digests)
            except BaseException:
                client.set_terminated(run_id, "FAILED")
                raise
            client.set_terminated(run_id, "FINISHED")
        return version

    def set_alias(self, alias: str, number: int) -> None:
        """Let an alias name this version and no other."""
        with failures_named(self._uri):
            self._client.set_registered_model_alias(PROJECT, alias, str(number))

    def remove_alias(self, alias: str) -> None:
        """Let an alias name no version."""
        with failures_named(self._uri):
            self._client.delete_registered_model_alias(PROJECT, alias)

    def tag(self, number: int, key: str, value: str) -> None:
        """Set a tag of a version."""
        with failures_named(self._uri):
            self._client.set_model_version_tag(PROJECT, str(number), key, value)

    @cached_property
    def _uri(self) -> str:
        return self._project.environment.tracking_uri

    @property
    def _file(self) -> Path | None:
        return sqlite_file(self._uri)

    @cached_property
    def _client(self) -> MlflowClient:
        return self._connect(create=False)

    @cached_property
    def _writer(self) -> MlflowClient:
        """The client, after making the database file where there is none."""
        if self._file is not None and not self._file.exists():
            self.__dict__["_client"] = self._connect(create=True)
        return self._client

    def _connect(self, *, create: bool) -> MlflowClient:
        environment = self._project.environment
        return connect(
            self._uri,
            create=create,
            object_store_endpoint=environment.object_store_endpoint,
            region=environment.region,
        )

    @cached_property
    def _artifacts(self) -> Artifacts:
        if self._file is not None:
            return LocalArtifacts(self._file.parent / "artifacts")
        return ServerArtifacts(self._client)

    def _files(self, version: Version) -> Mapping[str, bytes]:
        if not version.run_id:
            raise ModelRefused(f"version {version.number} names no run, so its files are unknown")
        if self._file is not None:
            return self._artifacts.bundle_files(version.run_id)
        with failures_named(self._uri):
            return self._artifacts.bundle_files(version.run_id)

    def _register(self, run_id: str, digests: Mapping[str, str]) -> Version:
        unless_there(self._client.create_registered_model, PROJECT)
        tags = {tag: digests[name] for name, tag in DIGEST_TAGS.items()}
        source = f"runs:/{run_id}/{MODEL_FOLDER}"
        return _version(
            self._client.create_model_version(PROJECT, source, run_id=run_id, tags=tags)
        )

    def _find(self, alias_or_number: str) -> ModelVersion | None:
        client = self._client
        # MLflow has errors of its own for what can be the name of no version.
        if not re.fullmatch(r"[A-Za-z_-][A-Za-z0-9_-]{0,99}|[0-9]{1,9}", alias_or_number):
            return None
        from mlflow.exceptions import MlflowException

        with failures_named(self._uri):
            try:
                if alias_or_number.isdecimal():
                    return client.get_model_version(PROJECT, alias_or_number)
                return client.get_model_version_by_alias(PROJECT, alias_or_number)
            except MlflowException as error:
                # A missing alias is reported as an invalid parameter, all else that is missing as
                # a resource.
                if error.error_code == "RESOURCE_DOES_NOT_EXIST" or "not found" in str(error):
                    return None
                raise


def _version(found: ModelVersion) -> Version:
    return Version(
        number=int(found.version),
        run_id=found.run_id or "",
        tags=MappingProxyType(dict(found.tags or {})),
        source=found.source or "",
        aliases=tuple(sorted(found.aliases or ())),
    )
