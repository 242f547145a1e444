"""What a user writes about Amazon VPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright.aws.addresses import NetworkRange, host_bits
from stackwright.aws.log_retention import LogRetention
from stackwright.blueprint.base import Wording, clash
from stackwright.blueprint.document import Location
from stackwright.checks import AwsZones, Check, EndpointServicesOffered
from stackwright.claims import Layer
from stackwright.scope import Scope
from stackwright.tool import AWS, AwsToolSettings

Zone = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z]{2}(-[a-z]+)+-[1-9])?[a-f]$"),
    Wording("the letter of a zone from a to f, or its full name such as eu-west-1a,"),
]


class Nat(StrEnum):
    """How private subnets reach the internet."""

    PER_ZONE = "per-zone"
    """A gateway in each zone: the loss of a zone cuts off no other."""
    ONE = "one"
    """One gateway for all zones: cheaper, and gone with its zone."""
    NONE = "none"
    """Not at all: AWS is reached through endpoints, everything else through a mirror."""


class InterfaceEndpoint(StrEnum):
    """A service of AWS that is reached without leaving the network."""

    AUTOSCALING = "autoscaling"
    """EC2 Auto Scaling: sizes of node pools."""
    EC2 = "ec2"
    """EC2: network interfaces and volumes of nodes."""
    ECR_API = "ecr.api"
    """ECR: tokens and manifests."""
    ECR_DKR = "ecr.dkr"
    """ECR: image layers."""
    EKS = "eks"
    """EKS: nodes that join."""
    EKS_AUTH = "eks-auth"
    """EKS Pod Identity: credentials of workloads."""
    ELASTIC_LOAD_BALANCING = "elasticloadbalancing"
    """Elastic Load Balancing: load balancers of services."""
    KMS = "kms"
    """KMS: encryption keys."""
    LOGS = "logs"
    """CloudWatch Logs."""
    SECRETS_MANAGER = "secretsmanager"
    """Secrets Manager."""
    STS = "sts"
    """STS: short-lived credentials."""


class VpcSettings(AwsToolSettings):
    """Amazon VPC: private and public subnets in several zones, with logged traffic."""

    title: ClassVar[str] = "Amazon VPC"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.FOUNDATION: "Vpc"}
    contract: ClassVar[str] = "Network"
    gives: ClassVar[tuple[str, ...]] = (
        "vpc_id",
        "vpc_cidr",
        "private_subnet_ids",
        "public_subnet_ids",
    )
    default_for: ClassVar[frozenset[str]] = frozenset({AWS})
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {
            "nat": Nat.PER_ZONE.value,
            "interface_endpoints": [endpoint.value for endpoint in InterfaceEndpoint],
        },
        "development": {"nat": Nat.ONE.value, "interface_endpoints": []},
    }

    kind: Literal["vpc"]
    cidr: NetworkRange = Field(default="10.0.0.0/16", examples=["10.20.0.0/16"])
    """Private address range of the network, from /16 to /20; it cannot be changed later. Every
    pod has an address of it."""
    zones: list[Zone] = Field(
        default=["a", "b", "c"],
        min_length=2,
        max_length=4,
        examples=[["eu-west-1a", "eu-west-1b", "eu-west-1c"]],
    )
    """Zones of the region that are used, by letter or full name; not every account has each
    letter."""
    nat: Nat = Nat.PER_ZONE
    """How private subnets reach the internet."""
    interface_endpoints: list[InterfaceEndpoint] = Field(
        default_factory=list, max_length=11, examples=[["ecr.api", "ecr.dkr", "sts"]]
    )
    """Services of AWS that are reached without leaving the network; each is paid by the hour and
    zone. S3 is always reached so, at no charge."""
    flow_log_retention_days: LogRetention = LogRetention.ONE_YEAR
    """Days that records of network traffic are kept."""

    def misfits(self, scope: Scope) -> Iterator[tuple[Location, str]]:
        """Yield the zones that are in another region."""
        region = scope.get("region", "")
        for index, zone in enumerate(self.zones):
            if len(zone) > 1 and zone[:-1] != region:
                yield ("zones", index), f"{zone} is no zone of {region}; write {region}{zone[-1]}."

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield that the account has the zones, and the region the endpoints."""
        region = scope["region"]
        yield AwsZones(
            zones=tuple(f"{region}{zone[-1]}" for zone in self.zones), verifies=("zones",)
        )
        if self.interface_endpoints:
            yield EndpointServicesOffered(
                region=region,
                services=tuple(service.value for service in self.interface_endpoints),
                verifies=("interface_endpoints",),
            )

    @clash("cidr")
    def _no_host_bits(self) -> str | None:
        return host_bits(self.cidr)

    @clash("zones")
    def _zones_differ(self) -> str | None:
        letters = [zone[-1] for zone in self.zones]
        if len(set(letters)) == len(letters):
            return None
        return f"a zone is named twice in {', '.join(self.zones)}; name each once."

    @clash("interface_endpoints")
    def _endpoints_differ(self) -> str | None:
        names = [endpoint.value for endpoint in self.interface_endpoints]
        if len(set(names)) == len(names):
            return None
        return f"a service is named twice in {', '.join(names)}; name each once."

    @clash("nat", "interface_endpoints")
    def _a_way_to_aws(self) -> str | None:
        missing = sorted(set(_JOINING) - set(self.interface_endpoints))
        if self.nat is not Nat.NONE or not missing:
            return None
        return f"nat: none leaves no way to AWS; add to interface_endpoints: {', '.join(missing)}."


_JOINING = (
    InterfaceEndpoint.EC2,
    InterfaceEndpoint.ECR_API,
    InterfaceEndpoint.ECR_DKR,
    InterfaceEndpoint.EKS,
    InterfaceEndpoint.EKS_AUTH,
    InterfaceEndpoint.STS,
)
"""What nodes need to join a cluster and pods to get credentials (Amazon EKS user guide, "Deploy
private clusters with limited internet access")."""
