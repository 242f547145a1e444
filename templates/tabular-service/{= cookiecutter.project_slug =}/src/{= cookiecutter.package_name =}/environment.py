"""The environment says where data, runs and the service of a project are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from . import PROJECT
from .errors import InputError
from .wiring import Known, Pending, SecretReference, Value, read_wiring

LOCAL = "local"
"""Name of the environment that needs no wiring: everything is below the folder `state`."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


class Environment(BaseModel):
    """Where a project works.

    Each property reads one key of the wiring. One that a platform must give raises InputError,
    naming the key and what to run, while the wiring has no value for it; one of type
    `str | None` may be absent for good.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Name of the environment, such as `dev`."""
    production: bool = False
    """Whether a promotion needs a person's approval."""
    values: Mapping[str, Value] = Field(default_factory=dict)
    """What the wiring says, by key."""

    def need(self, key: str) -> str:
        """Return the value of a key of the wiring.

        Raises:
            InputError: The key is absent, pending or a secret.
        """
        match self.values.get(key):
            case Known(value=value):
                return value
            case Pending(source=source):
                problem = f"is not known yet: it comes from {source}"
            case SecretReference():
                problem = "is a secret, which is never read into configuration"
            case _:
                problem = "is not there"
        todo = f"run: stackwright wire -e {self.name} --from outputs.json"
        if self.name == LOCAL:
            todo = "choose the environment of a platform, such as -e dev"
        raise InputError([f"wiring of {self.name}: {key} {problem}; {todo}"])

    def find(self, key: str) -> str | None:
        """Return the value of a key that may be absent.

        Raises:
            InputError: The key is pending, so that its absence cannot be relied on.
        """
        return self.need(key) if key in self.values else None

    @property
    def tracking_uri(self) -> str:
        """Where runs and models are; the variable MLFLOW_TRACKING_URI goes first."""
        return os.environ.get("MLFLOW_TRACKING_URI") or self.need("ExperimentTracker.uri")

    @property
    def storage_url(self) -> str:
        """URL below which data, predictions, labels and reports are kept."""
        url = self.need("ObjectStore.data_url")
        return url if self.name == LOCAL else f"{url.rstrip('/')}/{PROJECT}"

    @property
    def object_store_endpoint(self) -> str | None:
        """URL of the S3 API; None for AWS itself."""
        return self.find("ObjectStore.endpoint")

    @property
    def region(self) -> str | None:
        """Region that requests to the object store are signed for."""
        return self.find("ObjectStore.region")

    @property
    def image_registry(self) -> str:
        """Host and path that an image's name is appended to."""
        return self.need("ImageRegistry.url")

    @property
    def namespace(self) -> str:
        """Kubernetes namespace that the service runs in."""
        return self.need("ModelServer.namespace")

    @property
    def service_account(self) -> str:
        """Kubernetes service account that the service runs as."""
        return self.need("ModelServer.service_account")

    @property
    def serving_mode(self) -> str:
        """Kind of object that serves: `InferenceService` or `Deployment`."""
        return self.need("ModelServer.mode")

    @property
    def monitoring_label(self) -> str | None:
        """Value of the label `release` on monitors, rules and dashboards."""
        return self.find("Monitoring.label")

    @property
    def prometheus_url(self) -> str | None:
        """URL of Prometheus inside the cluster."""
        return self.find("Monitoring.prometheus_url")


def open_environment(name: str, root: Path) -> Environment:
    """Return an environment of the project in `root` by its name.

    Raises:
        InputError: There is no wiring for it, or the wiring is wrong.
    """
    given = os.environ.get("PROJECT_WIRING")
    if name == LOCAL:
        return local_environment(root)
    if not _NAME.fullmatch(name):
        problem = "expected lower-case letters, digits and hyphens"
        raise InputError([f"environment {name!r}: {problem}"])
    file = Path(given) if given else root / "wiring" / f"{name}.json"
    if not file.is_file():
        known = sorted({LOCAL, *(found.stem for found in (root / "wiring").glob("*.json"))})
        raise InputError(
            [
                f"environment {name}: {file} is not there (known: {', '.join(known)});"
                f" run: stackwright wire -e {name} --from FILE"
            ]
        )
    wiring = read_wiring(file, environment=name)
    return Environment(name=name, production=wiring.production, values=wiring.values)


def local_environment(root: Path) -> Environment:
    """Return the environment that keeps everything below `root`/state."""
    state = root.absolute() / "state"
    values: dict[str, Value] = {
        "ExperimentTracker.uri": Known(state="known", value=f"sqlite:///{state}/mlflow.db"),
        "ObjectStore.data_url": Known(state="known", value=state.as_uri()),
    }
    return Environment(name=LOCAL, values=values)
