"""What a user writes about MLflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

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
    image: str = Field(
        default="ghcr.io/mlflow/mlflow:v3.15.1-full",
        pattern=r"^[a-z0-9.-]+(:\d+)?/[a-z0-9._/-]+(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$",
        examples=["ghcr.io/mlflow/mlflow:v3.15.1-full"],
    )
    """Container image with PostgreSQL and S3 drivers; a tag or a digest, never `latest`."""
    allowed_hosts: list[str] = Field(
        default_factory=list, max_length=20, examples=[["mlflow.example.com"]]
    )
    """Host names that MLflow answers to, besides those inside the cluster."""
    cpu: str = Field(default="500m", pattern=r"^\d+m?$", examples=["500m"])
    """CPU that a pod requests, as a Kubernetes quantity."""
    memory: str = Field(default="1Gi", pattern=r"^\d+(Mi|Gi)$", examples=["1Gi"])
    """Memory that a pod requests and is limited to, as a Kubernetes quantity."""

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
