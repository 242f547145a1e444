"""Wiring is what an environment promises to ML projects: versioned, typed, without secrets.

Every tool that gives a contract fills the same keys, so a project that relies on a key works with
each tool that could stand there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "stackwright.wiring/v1"

OUTPUT = "wiring"
"""Name of the stack output that holds the wiring."""


class ContractWiring(BaseModel):
    """What projects may rely on of one contract."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    contract: ClassVar[str]

    @classmethod
    def keys(cls) -> frozenset[str]:
        """Return every key that may be there."""
        return frozenset(cls.model_fields)

    @classmethod
    def required_keys(cls) -> frozenset[str]:
        """Return the keys that are always there."""
        return frozenset(name for name, info in cls.model_fields.items() if info.is_required())


class ObjectStoreWiring(ContractWiring):
    """Where data and artifacts are kept."""

    contract: ClassVar[str] = "ObjectStore"

    data_url: str
    """`s3://` URL for data sets."""
    artifacts_url: str
    """`s3://` URL for runs and models."""
    region: str
    """Region that requests are signed for."""
    endpoint: str | None = None
    """URL of the S3 API; absent for AWS itself."""


class ImageRegistryWiring(ContractWiring):
    """Where images are pushed to and pulled from."""

    contract: ClassVar[str] = "ImageRegistry"

    url: str
    """Host and path that an image's name is appended to."""


class ExperimentTrackerWiring(ContractWiring):
    """Where runs and models are registered."""

    contract: ClassVar[str] = "ExperimentTracker"

    uri: str
    """MLflow tracking URI inside the cluster."""
    artifact_root: str
    """Where the tracker keeps artifacts."""


class ModelServerWiring(ContractWiring):
    """Where models are served."""

    contract: ClassVar[str] = "ModelServer"

    namespace: str
    """Kubernetes namespace for model deployments."""
    service_account: str
    """Service account that model pods run as."""
    mode: str
    """Kind of object that serves: `InferenceService` or `Deployment`."""


class MonitoringWiring(ContractWiring):
    """How metrics, alerts and dashboards are found."""

    contract: ClassVar[str] = "Monitoring"

    label: str
    """Value of the label `release` on ServiceMonitors, rules and dashboards."""
    prometheus_url: str
    """URL of Prometheus inside the cluster."""


class WorkloadIdentityWiring(ContractWiring):
    """Cloud roles of the workloads."""

    contract: ClassVar[str] = "WorkloadIdentity"

    role_prefix: str
    """Begin of the ARN of every workload's role; the name of the workload follows."""


class DeliveryWiring(ContractWiring):
    """What pipelines of projects act as."""

    contract: ClassVar[str] = "Delivery"

    role_prefix: str
    """Begin of the ARN of every project's role; the name of the project follows."""


CONTRACTS: Mapping[str, type[ContractWiring]] = {
    model.contract: model for model in ContractWiring.__subclasses__()
}


class Wiring(BaseModel):
    """Everything that projects may rely on in one environment."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    schema_: str = Field(default=SCHEMA, alias="schema")
    """Version of this format."""
    platform: str
    """Name of the platform."""
    environment: str
    """Name of the environment."""
    target: str
    """Where the platform is made."""
    tools: dict[str, dict[str, Any]]
    """What each tool gives, by instance name; the keys follow from its contract."""
    contracts: dict[str, str]
    """Contract of each instance in `tools`."""


def check_promise(contract: str, keys: frozenset[str]) -> None:
    """Refuse wiring that does not keep its contract's promise.

    Raises:
        ValueError: A required key is missing, or a key was never promised.
    """
    model = CONTRACTS.get(contract)
    promised = model.keys() if model else frozenset()
    required = model.required_keys() if model else frozenset()
    missing, extra = sorted(required - keys), sorted(keys - promised)
    if missing or extra:
        raise ValueError(f"wiring of {contract}: missing {missing}, never promised {extra}")
