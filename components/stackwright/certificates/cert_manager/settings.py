"""What a user writes about cert-manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from stackwright.blueprint.base import DnsSubdomain, clash
from stackwright.checks import Check, ObjectExists
from stackwright.claims import Claim, Layer, MonitoringClaim
from stackwright.scope import Scope
from stackwright.tool import AWS, EXISTING_CLUSTER, ReleaseSettings


class CertManagerSettings(ReleaseSettings):
    """cert-manager: certificates inside the cluster, signed by an authority of its own."""

    title: ClassVar[str] = "cert-manager"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "CertManager"}
    contract: ClassVar[str] = "CertificateIssuer"
    default_for: ClassVar[frozenset[str]] = frozenset({AWS, EXISTING_CLUSTER})
    verified_versions: ClassVar[tuple[str, ...]] = ("v1.21.1",)
    once_per_cluster: ClassVar[bool] = True
    custom_resources: ClassVar[tuple[str, ...]] = (
        "certificates.cert-manager.io/v1",
        "clusterissuers.cert-manager.io/v1",
    )
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"replicas": 2, "webhook_replicas": 3},
        "development": {"replicas": 1, "webhook_replicas": 1},
    }

    kind: Literal["cert-manager"]
    replicas: int = Field(default=2, ge=1, le=5)
    """How many controllers and CA injectors run; one works, another takes over."""
    webhook_replicas: int = Field(default=3, ge=1, le=10)
    """How many webhooks answer; without one no certificate can be asked for."""
    issuer: DnsSubdomain | None = Field(default=None, examples=["internal-ca"])
    """With `install: false` the ClusterIssuer of the cluster that signs; else absent."""

    @clash("install", "issuer")
    def _issuer_is_of_the_cluster(self) -> str | None:
        if not self.install and self.issuer is None:
            return "install: false needs issuer: name the ClusterIssuer that is in the cluster."
        if self.install and self.issuer is not None:
            return "issuer is made when cert-manager is installed; leave issuer out."
        return None

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the cluster, and monitoring where there is any."""
        if not self.install:
            return super().claims(layer)
        return {**super().claims(layer), "monitoring": MonitoringClaim()}

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield that the ClusterIssuer of the cluster is there, where it is named."""
        yield from super().checks(scope, instance)
        if self.issuer is not None:
            yield ObjectExists(
                kind="ClusterIssuer",
                name=self.issuer,
                path=f"/apis/cert-manager.io/v1/clusterissuers/{self.issuer}",
                verifies=("issuer",),
            )
