"""What a user writes about MLflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from stackwright.claims import (
    Access,
    Claim,
    DatabaseClaim,
    Layer,
    MonitoringClaim,
    ObjectStoreClaim,
    SecretStoreClaim,
    WorkloadIdentityClaim,
)
from stackwright.kubernetes.fields import Cpu, HostName, Image, Memory
from stackwright.tool import KubernetesToolSettings

SERVICE_ACCOUNT = "mlflow"


class MlflowSettings(KubernetesToolSettings):
    """MLflow: tracking server and model registry, one stateless Deployment."""

    title: ClassVar[str] = "MLflow"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "Mlflow"}
    contract: ClassVar[str] = "ExperimentTracker"
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"replicas": 2},
        "development": {"replicas": 1},
    }

    kind: Literal["mlflow"]
    replicas: int = Field(default=1, ge=1, le=10)
    """How many pods answer; two survive the loss of a node."""
    image: Image = Field(
        default="ghcr.io/mlflow/mlflow:v3.15.1-full",
        examples=["ghcr.io/mlflow/mlflow:v3.15.1-full"],
    )
    """Container image with PostgreSQL and S3 drivers; a tag or a digest, never `latest`."""
    allowed_hosts: list[HostName] = Field(
        default_factory=list, max_length=20, examples=[["mlflow.example.com"]]
    )
    """Host names that MLflow answers to, besides those inside the cluster."""
    cpu: Cpu = Field(default="500m", examples=["500m"])
    """CPU that a pod requests, as a Kubernetes quantity."""
    memory: Memory = Field(default="1Gi", examples=["1Gi"])
    """Memory that a pod requests and is limited to, as a Kubernetes quantity."""

    egress_ports: list[Annotated[int, Field(ge=1, le=65535)]] = Field(
        default_factory=list, max_length=20, examples=[[9000]]
    )
    """Further TCP ports that MLflow may reach, where the database or object store listens on
    others than 443, 5432 and 8333."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return what MLflow needs."""
        return {
            **super().claims(layer),
            "artifacts": ObjectStoreClaim(purpose="artifacts", access=Access.READ_WRITE),
            "backend": DatabaseClaim(database="mlflow"),
            "secrets": SecretStoreClaim(),
            "identity": WorkloadIdentityClaim(service_account=SERVICE_ACCOUNT),
            "monitoring": MonitoringClaim(),
        }
