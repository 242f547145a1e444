"""What a user writes about KServe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from stackwright.blueprint.base import BlueprintModel, DnsLabel, DnsSubdomain, clash
from stackwright.claims import (
    Access,
    CertificatesClaim,
    Claim,
    Layer,
    MonitoringClaim,
    Need,
    ObjectStoreClaim,
    SecretStoreClaim,
)
from stackwright.serving.projects import (
    ProjectAccounts,
    models_identity,
    named_twice,
    projects_data,
)
from stackwright.tool import ReleaseSettings


class Gateway(BlueprintModel):
    """A Gateway of the Gateway API that models are reached through."""

    namespace: DnsLabel = Field(examples=["gateway"])
    """Namespace of the Gateway."""
    name: DnsLabel = Field(examples=["platform"])
    """Name of the Gateway."""
    domain: DnsSubdomain = Field(examples=["models.example.com"])
    """Domain that the models' host names end with; the Gateway has its certificate."""


class KserveSettings(ReleaseSettings):
    """KServe: models served by one short custom resource each, without Knative."""

    title: ClassVar[str] = "KServe"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "Kserve"}
    contract: ClassVar[str] = "ModelServer"
    verified_versions: ClassVar[tuple[str, ...]] = ("v0.20.0",)
    once_per_cluster: ClassVar[bool] = True
    custom_resources: ClassVar[tuple[str, ...]] = ("inferenceservices.serving.kserve.io/v1beta1",)
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"max_cpu": 64, "max_memory_gib": 256, "max_gpus": 8},
        "development": {"max_cpu": 16, "max_memory_gib": 64, "max_gpus": 1},
    }

    kind: Literal["kserve"]
    gateway: Gateway | None = None
    """Gateway that models are reached through from outside; absent for inside the cluster only."""
    max_cpu: int = Field(default=16, ge=1, le=100_000)
    """Most CPU that all models together may request, in cores."""
    max_memory_gib: int = Field(default=64, ge=1, le=1_000_000)
    """Most memory that all models together may use, in GiB."""
    max_gpus: int = Field(default=1, ge=0, le=10_000)
    """Most NVIDIA GPUs that all models together may request."""
    egress_ports: list[Annotated[int, Field(ge=1, le=65535)]] = Field(
        default_factory=list, max_length=20, examples=[[5432]]
    )
    """TCP ports that models may reach besides 443 and 8333."""
    service_accounts: ProjectAccounts = Field(
        default_factory=list, examples=[["churn-model-train", "churn-model-monitor"]]
    )
    """Further service accounts of the namespace that act with the models' cloud role, such as those
    of a project's Jobs; the project makes them."""

    @clash("install", "gateway")
    def _gateway_is_of_our_install(self) -> str | None:
        if not self.install and self.gateway is not None:
            return (
                "gateway configures the KServe that is installed; "
                "with install: false set it where the cluster's own is configured."
            )
        return None

    @clash("service_accounts")
    def _service_accounts_differ(self) -> str | None:
        return named_twice(self.service_accounts)

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return what models need, and what the operator needs where it is installed."""
        claims: dict[str, Claim] = {
            **super().claims(layer),
            "artifacts": ObjectStoreClaim(purpose="artifacts", access=Access.READ),
            "data": projects_data(),
            "identity": models_identity(self.service_accounts),
            "secrets": SecretStoreClaim(need=Need.IMPLIED),
            "monitoring": MonitoringClaim(),
        }
        if self.install:
            claims["certificates"] = CertificatesClaim()
        return claims
