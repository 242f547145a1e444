"""What a user writes about CloudNativePG."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field

from stackwright.claims import Claim, Layer, MonitoringClaim, SecretStoreClaim
from stackwright.kubernetes.fields import Cpu, Memory
from stackwright.tool import EXISTING_CLUSTER, ReleaseSettings


class PostgresqlVersion(StrEnum):
    """A major version of PostgreSQL that the operator runs."""

    V16 = "16"
    """PostgreSQL 16."""
    V17 = "17"
    """PostgreSQL 17."""
    V18 = "18"
    """PostgreSQL 18."""


class CloudnativePgSettings(ReleaseSettings):
    """CloudNativePG: PostgreSQL in the cluster with standbys, run by an operator."""

    title: ClassVar[str] = "CloudNativePG"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "CloudnativePg"}
    contract: ClassVar[str] = "RelationalDatabase"
    default_for: ClassVar[frozenset[str]] = frozenset({EXISTING_CLUSTER})
    verified_versions: ClassVar[tuple[str, ...]] = ("0.29.0",)
    once_per_cluster: ClassVar[bool] = True
    custom_resources: ClassVar[tuple[str, ...]] = (
        "clusters.postgresql.cnpg.io/v1",
        "databases.postgresql.cnpg.io/v1",
    )
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"instances": 3, "storage_gib": 50},
        "development": {"instances": 1, "storage_gib": 10},
    }

    kind: Literal["cloudnative-pg"]
    instances: int = Field(default=1, ge=1, le=9)
    """How many servers run: one is written to, the others stand by to take over."""
    storage_gib: int = Field(default=10, ge=1, le=65536)
    """Volume of each server in GiB; it can grow and never shrinks."""
    postgresql_version: PostgresqlVersion = PostgresqlVersion.V17
    """Major version of PostgreSQL."""
    cpu: Cpu = Field(default="500m", examples=["500m"])
    """CPU that each server requests, as a Kubernetes quantity."""
    memory: Memory = Field(default="1Gi", examples=["1Gi"])
    """Memory that each server requests and is limited to, as a Kubernetes quantity."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return what makes the passwords, and who collects metrics."""
        return {
            **super().claims(layer),
            "secrets": SecretStoreClaim(),
            "monitoring": MonitoringClaim(),
        }
