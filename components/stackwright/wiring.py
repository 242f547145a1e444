"""Wiring is what an environment promises to ML projects: versioned, typed, without secrets.

Every tool that gives a contract fills the same keys, so a project that relies on a key works with
each tool that could stand there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, TypeAdapter

from stackwright.blueprint.base import BlueprintModel
from stackwright.blueprint.document import Location, Mark, Node
from stackwright.blueprint.names import EnvironmentName, InstanceName, PlatformName
from stackwright.blueprint.shown import dotted
from stackwright.blueprint.validation import problems_of
from stackwright.errors import Problem
from stackwright.secret_reference import SecretReference
from stackwright.wiring_values import (
    Endpoint,
    LabelText,
    NamespaceName,
    RegistryUrl,
    RolePrefix,
    ServiceAccountName,
    ServiceUrl,
    ServingMode,
    SigningRegion,
    StoreUrl,
)

SCHEMA: Final = "stackwright.wiring/v1"

OUTPUT = "wiring"
"""Name of the stack output that holds the wiring."""

DEEPEST = 16
"""Levels of lists and objects that are read in JSON from outside; ours has four."""


class ContractWiring(BlueprintModel):
    """What projects may rely on of one contract."""

    contract: ClassVar[str]

    @classmethod
    def keys(cls) -> frozenset[str]:
        """Return every key that may be there."""
        return frozenset(cls.model_fields)

    @classmethod
    def required_keys(cls) -> frozenset[str]:
        """Return the keys that are always there."""
        return frozenset(name for name, info in cls.model_fields.items() if info.is_required())

    @classmethod
    def value(cls, key: str, data: Any) -> str | SecretReference:
        """Return the value of one key from JSON data: text, or where a secret is kept.

        Raises:
            pydantic.ValidationError: It is not of the key's type.
        """
        info = cls.model_fields[key]
        kind: Any = info.annotation
        if info.metadata:
            kind = Annotated[kind, *info.metadata]
        value: str | SecretReference = TypeAdapter(kind).validate_python(data)
        return value


class ObjectStoreWiring(ContractWiring):
    """Where data and artifacts are kept."""

    contract: ClassVar[str] = "ObjectStore"

    data_url: StoreUrl
    """`s3://` URL for data sets."""
    artifacts_url: StoreUrl
    """`s3://` URL for runs and models."""
    region: SigningRegion
    """Region that requests are signed for."""
    endpoint: Endpoint | None = None
    """URL of the S3 API; absent for AWS itself."""
    access_key_id: SecretReference | None = None
    """Where the public half of an access key is kept; absent where workloads have an identity."""
    secret_access_key: SecretReference | None = None
    """Where the secret half is kept; absent where workloads have an identity."""


class ImageRegistryWiring(ContractWiring):
    """Where images are pushed to and pulled from."""

    contract: ClassVar[str] = "ImageRegistry"

    url: RegistryUrl
    """Host and path that an image's name is appended to."""


class ExperimentTrackerWiring(ContractWiring):
    """Where runs and models are registered."""

    contract: ClassVar[str] = "ExperimentTracker"

    uri: ServiceUrl
    """MLflow tracking URI inside the cluster."""
    artifact_root: StoreUrl
    """Where the tracker keeps artifacts."""


class ModelServerWiring(ContractWiring):
    """Where models are served."""

    contract: ClassVar[str] = "ModelServer"

    namespace: NamespaceName
    """Kubernetes namespace for model deployments."""
    service_account: ServiceAccountName
    """Service account that model pods run as."""
    mode: ServingMode
    """Kind of object that serves: `InferenceService` or `Deployment`."""


class MonitoringWiring(ContractWiring):
    """How metrics, alerts and dashboards are found."""

    contract: ClassVar[str] = "Monitoring"

    label: LabelText
    """Value of the label `release` on ServiceMonitors, rules and dashboards."""
    prometheus_url: ServiceUrl
    """URL of Prometheus inside the cluster."""


class WorkloadIdentityWiring(ContractWiring):
    """Cloud roles of the workloads."""

    contract: ClassVar[str] = "WorkloadIdentity"

    role_prefix: RolePrefix
    """Begin of the ARN of every workload's role; the name of the workload follows."""


class DeliveryWiring(ContractWiring):
    """What pipelines of projects act as."""

    contract: ClassVar[str] = "Delivery"

    role_prefix: RolePrefix
    """Begin of the ARN of every project's role; the name of the project follows."""


CONTRACTS: Mapping[str, type[ContractWiring]] = {
    model.contract: model for model in ContractWiring.__subclasses__()
}


class Wiring(BlueprintModel):
    """Everything that projects may rely on in one environment."""

    schema_: Literal["stackwright.wiring/v1"] = Field(default=SCHEMA, alias="schema")
    """Version of this format."""
    platform: PlatformName
    """Name of the platform."""
    environment: EnvironmentName
    """Name of the environment."""
    target: Literal["aws", "existing-cluster"]
    """Where the platform is made."""
    profile: Literal["development", "production"] = "production"
    """Set of defaults of the environment; `production` where a platform does not say."""
    tools: dict[InstanceName, dict[str, Any]] = Field(max_length=100)
    """What each tool gives, by instance name; the keys follow from its contract."""
    contracts: dict[InstanceName, str] = Field(max_length=100)
    """Contract of each instance in `tools`."""


def check_promise(contract: str, keys: Collection[str]) -> None:
    """Refuse wiring that does not keep its contract's promise.

    Raises:
        ValueError: A required key is missing, a key was never promised, or a value that is known
            already is not of its key's type. `keys` with values is a mapping.
    """
    model = CONTRACTS.get(contract)
    promised = model.keys() if model else frozenset()
    required = model.required_keys() if model else frozenset()
    missing, extra = sorted(required - set(keys)), sorted(set(keys) - promised)
    if missing or extra:
        raise ValueError(f"wiring of {contract}: missing {missing}, never promised {extra}")
    if isinstance(keys, Mapping):
        known = {key: value for key, value in keys.items() if _is_plain(value)}
        wrong = value_problems(contract, known, unknown=set(keys) - set(known))
        if wrong:
            raise ValueError(f"wiring of {contract}: {'; '.join(map(str, wrong))}")


def _is_plain(value: Any) -> bool:
    """Tell whether a value is known already: the rest are outputs of Pulumi."""
    items = value.values() if isinstance(value, dict) else [value]
    return all(isinstance(item, str) for item in items)


def value_problems(
    contract: str,
    values: Mapping[str, Any],
    file: str = "",
    at: Location = (),
    unknown: Collection[str] = (),
) -> list[Problem]:
    """Return all that is wrong with the values of one instance.

    Args:
        contract: One of `CONTRACTS`.
        values: Values by key, as JSON has them.
        file: Name of the file that they are from, for the problems.
        at: Keys above them in that file.
        unknown: Keys whose values are known only after deployment; they are there all the same.
    """
    promised = {dotted((*at, key)) for key in unknown}
    found = problems_of(CONTRACTS[contract], plain_node(dict(values)), file, at)
    return [problem for problem in found if problem.path not in promised]


def plain_node(value: Any, levels: int = DEEPEST) -> Node:
    """Return JSON data as a tree of nodes that stand nowhere in a file.

    Raises:
        ValueError: It is nested more than `levels` deep.
    """
    if isinstance(value, dict | list) and not levels:
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    if isinstance(value, dict):
        found = {key: plain_node(item, levels - 1) for key, item in value.items()}
        return Node(Mark(0, 0), found)
    if isinstance(value, list):
        return Node(Mark(0, 0), [plain_node(item, levels - 1) for item in value])
    return Node(Mark(0, 0), value)
