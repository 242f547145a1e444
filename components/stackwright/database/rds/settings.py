"""What a user writes about Amazon RDS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright.aws.log_retention import LogRetention
from stackwright.blueprint.base import Wording, clash
from stackwright.checks import Check, DatabaseOffered
from stackwright.claims import (
    Claim,
    ClusterClaim,
    Layer,
    NetworkClaim,
    OwnPartClaim,
    SecretStoreClaim,
)
from stackwright.scope import Scope
from stackwright.tool import AWS, AwsToolSettings, KubernetesToolSettings

InstanceClass = Annotated[
    str,
    StringConstraints(pattern=r"^db\.[a-z0-9]+\.(medium|[0-9]*x?large)$"),
    Wording("an RDS instance class of size medium or larger, such as db.m7g.large,"),
]


class PostgresVersion(StrEnum):
    """A major version of PostgreSQL."""

    V16 = "16"
    """PostgreSQL 16."""
    V17 = "17"
    """PostgreSQL 17."""
    V18 = "18"
    """PostgreSQL 18."""


class RdsSettings(AwsToolSettings, KubernetesToolSettings):
    """Amazon RDS: one PostgreSQL server for the platform's databases."""

    title: ClassVar[str] = "Amazon RDS for PostgreSQL"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.FOUNDATION: "Rds", Layer.PLATFORM: "RdsLogins"}
    contract: ClassVar[str] = "RelationalDatabase"
    hands_over: ClassVar[tuple[str, ...]] = ("host", "master_secret", "policy")
    default_for: ClassVar[frozenset[str]] = frozenset({AWS})
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {
            "instance_class": "db.m7g.large",
            "multi_az": True,
            "backup_days": 30,
            "deletion_protection": True,
        },
        "development": {
            "instance_class": "db.t4g.medium",
            "multi_az": False,
            "backup_days": 7,
            "deletion_protection": False,
        },
    }

    kind: Literal["rds"]
    engine_version: PostgresVersion = PostgresVersion.V17
    """Major version of PostgreSQL; minor versions are applied in the maintenance window."""
    instance_class: InstanceClass = Field(default="db.m7g.large", examples=["db.m7g.large"])
    """RDS instance class: how much CPU and memory the server has."""
    allocated_gib: int = Field(default=50, ge=20, le=65536)
    """Storage at the start in GiB."""
    max_allocated_gib: int = Field(default=500, ge=22, le=65536)
    """Storage in GiB up to which RDS grows by itself; at least a tenth above the start."""
    multi_az: bool = True
    """True keeps a standby in another zone, which takes over by itself."""
    backup_days: int = Field(default=30, ge=7, le=35)
    """Days for which any moment can be brought back."""
    deletion_protection: bool = True
    """True keeps RDS from deleting the server until it is turned off."""
    log_retention_days: LogRetention = LogRetention.ONE_YEAR
    """Days that the server's logs are kept."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return where the server stands, and what its logins need."""
        if layer is Layer.FOUNDATION:
            return {"network": NetworkClaim(), "cluster": ClusterClaim()}
        return {
            "cluster": ClusterClaim(),
            "foundation": OwnPartClaim(),
            "secrets": SecretStoreClaim(cloud=True),
        }

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield that RDS offers the version on the class."""
        yield DatabaseOffered(
            engine="postgres",
            version=self.engine_version.value,
            instance_class=self.instance_class,
            multi_az=self.multi_az,
            verifies=("instance_class", "engine_version", "multi_az"),
        )

    @clash("allocated_gib", "max_allocated_gib")
    def _room_to_grow(self) -> str | None:
        # RDS refuses less (Amazon RDS user guide, "Managing capacity automatically").
        if self.max_allocated_gib * 10 >= self.allocated_gib * 11:
            return None
        return (
            f"max_allocated_gib {self.max_allocated_gib} is less than a tenth above"
            f" allocated_gib {self.allocated_gib}."
        )
