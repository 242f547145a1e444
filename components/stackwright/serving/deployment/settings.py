"""What a user writes about a model server of their own image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright.blueprint.base import Wording, clash
from stackwright.blueprint.shown import looks_secret, names_secret
from stackwright.claims import (
    Access,
    Claim,
    Layer,
    MonitoringClaim,
    Need,
    ObjectStoreClaim,
    SecretStoreClaim,
)
from stackwright.kubernetes.fields import Cpu, Image, Memory
from stackwright.secret_reference import SecretReference
from stackwright.serving.projects import (
    ProjectAccounts,
    models_identity,
    named_twice,
    projects_data,
)
from stackwright.tool import KubernetesToolSettings

RESERVED = frozenset({"HOME", "MODEL_URL", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"})
"""Variables that the component sets."""

VariableName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=128),
    Wording("a name of at most 128 letters, digits and underscores, not starting with a digit,"),
]

HttpPath = Annotated[
    str,
    StringConstraints(pattern=r"^/[A-Za-z0-9._~/-]*$", max_length=200),
    Wording("a path of letters, digits and ._~/- that starts with a slash"),
]


class DeploymentSettings(KubernetesToolSettings):
    """A model server of your own image: one autoscaled Deployment."""

    title: ClassVar[str] = "Model server (Deployment)"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "ModelDeployment"}
    contract: ClassVar[str] = "ModelServer"
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"min_replicas": 2},
        "development": {"min_replicas": 1},
    }

    kind: Literal["deployment"]
    image: Image = Field(
        examples=["registry.example.com/acme/churn-model@sha256:" + "a" * 64],
        json_schema_extra={"x-example-only": True},
    )
    """Container image that answers HTTP; a digest, since a tag can be moved."""
    args: list[Annotated[str, StringConstraints(min_length=1, max_length=1000)]] = Field(
        default_factory=list, max_length=50, examples=[["--workers=2"]]
    )
    """Arguments of the image's entry point."""
    port: int = Field(default=8080, ge=1024, le=65535)
    """TCP port that the container listens on; below 1024 would need rights that it has not."""
    health_path: HttpPath = Field(default="/health", examples=["/health"])
    """HTTP path that answers with 200 when the model is ready."""
    metrics_path: HttpPath | None = Field(default=None, examples=["/metrics"])
    """HTTP path of Prometheus metrics on the same port; absent for none."""
    startup_seconds: int = Field(default=300, ge=10, le=3600)
    """How long the container may take to load the model before it is restarted."""
    min_replicas: int = Field(default=1, ge=1, le=100)
    """Fewest pods; two survive the loss of a node."""
    max_replicas: int = Field(default=4, ge=1, le=100)
    """Most pods that load may bring."""
    target_cpu_percent: int = Field(default=70, ge=10, le=95)
    """Share of the requested CPU that pods are to use; above it more pods are started."""
    cpu: Cpu = Field(default="500m", examples=["500m"])
    """CPU that a pod requests, as a Kubernetes quantity."""
    memory: Memory = Field(default="1Gi", examples=["1Gi"])
    """Memory that a pod requests and is limited to, as a Kubernetes quantity."""
    gpu: int = Field(default=0, ge=0, le=16)
    """Whole NVIDIA GPUs that a pod requests."""
    env: dict[VariableName, Annotated[str, StringConstraints(max_length=4096)]] = Field(
        default_factory=dict, max_length=100, examples=[{"LOG_LEVEL": "info"}]
    )
    """Environment variables in plain text; anybody who sees the cluster's objects sees them."""
    secret_env: dict[VariableName, SecretReference] = Field(
        default_factory=dict,
        max_length=50,
        examples=[
            {"API_KEY": {"from": "aws-secrets-manager", "name": "acme-ml/prod/api", "key": "key"}}
        ],
    )
    """Environment variables with a secret: name, then where the secret is kept."""
    model_path: (
        Annotated[
            str,
            StringConstraints(
                pattern=r"^[A-Za-z0-9_][A-Za-z0-9._=-]*(/[A-Za-z0-9_][A-Za-z0-9._=-]*)*$",
                max_length=500,
            ),
            Wording(
                "a path of letters, digits and ._=- without a slash at either end and without ..,"
            ),
        ]
        | None
    ) = Field(default=None, examples=["tracking-artifacts/models/churn/3"])
    """Model inside the artifact store; the container finds its `s3://` URL in MODEL_URL. Absent
    when the image holds the model."""
    egress_ports: list[Annotated[int, Field(ge=1, le=65535)]] = Field(
        default_factory=list, max_length=20, examples=[[5432]]
    )
    """TCP ports that the container may reach besides 443 and 8333."""
    service_accounts: ProjectAccounts = Field(
        default_factory=list, examples=[["churn-model-train", "churn-model-monitor"]]
    )
    """Further service accounts of the namespace, such as those of a project's Jobs; the project
    makes them. They act with the model's cloud role, which then reads and writes projects' data."""

    @clash("min_replicas", "max_replicas")
    def _replicas_are_a_range(self) -> str | None:
        if self.min_replicas > self.max_replicas:
            return f"min_replicas {self.min_replicas} is above max_replicas {self.max_replicas}."
        return None

    @clash("env", "secret_env")
    def _names_are_unique(self) -> str | None:
        if twice := sorted(set(self.env) & set(self.secret_env)):
            return f"{', '.join(twice)} is in env and in secret_env; leave it in one of them."
        if reserved := sorted((set(self.env) | set(self.secret_env)) & RESERVED):
            return f"{', '.join(reserved)} is set by Stackwright; leave it out."
        return None

    @clash("env")
    def _plain_text_is_no_secret(self) -> str | None:
        for name, value in self.env.items():
            if names_secret(name) or looks_secret(value):
                return (
                    f"env.{name} looks like a secret; name where it is kept under secret_env, "
                    f"for example {name}: {{from: aws-secrets-manager, name: ..., key: ...}}."
                )
        return None

    @clash("service_accounts")
    def _service_accounts_differ(self) -> str | None:
        return named_twice(self.service_accounts)

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return what the model server needs.

        It is a store only when a model is read from there, or when projects share the namespace.
        """
        stores: dict[str, Claim] = {}
        if self.model_path:
            stores["artifacts"] = ObjectStoreClaim(purpose="artifacts", access=Access.READ)
        if self.service_accounts:
            stores["data"] = projects_data()
        claims = {**super().claims(layer), "monitoring": MonitoringClaim(), **stores}
        if stores:
            claims["identity"] = models_identity(self.service_accounts)
        references = tuple(self.secret_env.values())
        if references or stores:
            need = Need.REQUIRED if references else Need.IMPLIED
            claims["secrets"] = SecretStoreClaim(references=references, need=need)
        return claims
