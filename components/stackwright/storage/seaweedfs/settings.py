"""What a user writes about SeaweedFS."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright.blueprint.base import Wording, clash
from stackwright.claims import Claim, Layer, MonitoringClaim, SecretStoreClaim
from stackwright.kubernetes.fields import Cpu, Memory
from stackwright.tool import EXISTING_CLUSTER, ReleaseSettings

VolumeSize = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,5}(Gi|Ti)$"),
    Wording("a size such as 100Gi"),
]


class Mode(StrEnum):
    """How SeaweedFS is laid out."""

    SINGLE = "single"
    """One pod on one volume; it is away while its node is."""
    DISTRIBUTED = "distributed"
    """Three masters, several volume servers and every object on two of them."""


class SeaweedfsSettings(ReleaseSettings):
    """SeaweedFS: an object store in the cluster, with an access key for each consumer."""

    title: ClassVar[str] = "SeaweedFS"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "Seaweedfs"}
    contract: ClassVar[str] = "ObjectStore"
    targets: ClassVar[frozenset[str]] = frozenset({EXISTING_CLUSTER})
    default_for: ClassVar[frozenset[str]] = frozenset({EXISTING_CLUSTER})
    verified_versions: ClassVar[tuple[str, ...]] = ("4.44.0",)
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"mode": "distributed", "size": "200Gi"},
        "development": {"mode": "single", "size": "20Gi"},
    }

    kind: Literal["seaweedfs"]
    mode: Mode = Mode.DISTRIBUTED
    """How it is laid out: `single` or `distributed`. Objects do not move from one to the other."""
    volume_servers: int = Field(default=3, ge=2, le=50)
    """How many servers keep objects in mode `distributed`, each on its own node."""
    size: VolumeSize = Field(default="200Gi", examples=["200Gi"])
    """Volume of each server that keeps objects, as a Kubernetes quantity."""
    metadata_size: VolumeSize = Field(default="10Gi", examples=["10Gi"])
    """Volume for names and attributes of objects in mode `distributed`."""
    cpu: Cpu = Field(default="250m", examples=["250m"])
    """CPU that each pod requests, as a Kubernetes quantity."""
    memory: Memory = Field(default="2Gi", examples=["2Gi"])
    """Memory that each pod requests and is limited to, as a Kubernetes quantity."""

    @clash("install")
    def _given_store_is_another_kind(self) -> str | None:
        if self.install:
            return None
        return "install: false has no meaning here; a store that is there is kind s3-compatible."

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the cluster, what makes the access keys, and monitoring where there is any."""
        return {
            **super().claims(layer),
            "secrets": SecretStoreClaim(),
            "monitoring": MonitoringClaim(),
        }
