"""What a user writes about EKS Pod Identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from stackwright.claims import Claim, ClusterClaim, Layer
from stackwright.tool import AWS, AwsToolSettings


class PodIdentitySettings(AwsToolSettings):
    """EKS Pod Identity: one role per workload, without keys."""

    title: ClassVar[str] = "EKS Pod Identity"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.FOUNDATION: "PodIdentity"}
    contract: ClassVar[str] = "WorkloadIdentity"
    gives: ClassVar[tuple[str, ...]] = ("role_arn",)
    wires: ClassVar[tuple[str, ...]] = ("role_prefix",)
    default_for: ClassVar[frozenset[str]] = frozenset({AWS})

    kind: Literal["pod-identity"]

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the cluster whose service accounts get roles."""
        return {"cluster": ClusterClaim()}
