"""What a user writes about Amazon EKS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright import naming
from stackwright.aws.log_retention import LogRetention
from stackwright.blueprint.base import Wording, clash
from stackwright.blueprint.document import Location
from stackwright.checks import (
    Check,
    ClusterReached,
    EksAdministrator,
    EksVersionOffered,
    InstanceTypesOffered,
    ProgramFound,
    ServiceRole,
)
from stackwright.claims import Claim, Layer, NetworkClaim, OwnPartClaim
from stackwright.cluster.eks.access import Access, RoleArn
from stackwright.cluster.eks.node_pool import NodePool, PoolName, default_pools
from stackwright.cluster.eks.versions import KubernetesVersion
from stackwright.cluster_access import EksCluster
from stackwright.scope import Scope
from stackwright.tool import AwsToolSettings

AWS_CLI = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
"""How the program is installed that the kubeconfig takes tokens from."""


class AddOn(StrEnum):
    """A part of the cluster that EKS keeps up to date."""

    VPC_CNI = "vpc-cni"
    """Addresses of pods, and network policies."""
    KUBE_PROXY = "kube-proxy"
    """Addresses of services."""
    POD_IDENTITY_AGENT = "eks-pod-identity-agent"
    """Credentials of workloads."""
    COREDNS = "coredns"
    """Names inside the cluster."""
    EBS_CSI_DRIVER = "aws-ebs-csi-driver"
    """Volumes."""
    METRICS_SERVER = "metrics-server"
    """CPU and memory of pods, for autoscaling."""


class ReclaimPolicy(StrEnum):
    """What happens to a volume when its claim is deleted."""

    DELETE = "Delete"
    """The volume is deleted."""
    RETAIN = "Retain"
    """The volume stays, to be deleted by hand."""


AddOnVersion = Annotated[
    str,
    StringConstraints(pattern=r"^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$"),
    Wording("a version such as v1.21.1-eksbuild.1"),
]


class EksSettings(AwsToolSettings):
    """Amazon EKS: a managed cluster and its node pools."""

    title: ClassVar[str] = "Amazon EKS"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.FOUNDATION: "Eks", Layer.PLATFORM: "EksAccess"}
    contract: ClassVar[str] = "KubernetesCluster"
    gives: ClassVar[tuple[str, ...]] = (
        "cluster_name",
        "cluster_identifier",
        "kubeconfig",
        "security_group_id",
    )
    hands_over: ClassVar[tuple[str, ...]] = (
        "cluster_name",
        "cluster_identifier",
        "certificate_authority",
        "security_group_id",
        "key_arn",
    )
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"deletion_protection": True, "volume_reclaim_policy": "Retain"},
        "development": {"deletion_protection": False, "volume_reclaim_policy": "Delete"},
    }

    kind: Literal["eks"]
    version: KubernetesVersion = KubernetesVersion.V1_35
    """Minor version of Kubernetes; it can be raised one step at a time and never lowered."""
    access: Access
    """Who reaches the cluster's API."""
    administrators: list[RoleArn] = Field(
        min_length=1,
        max_length=50,
        examples=[["arn:aws:iam::123456789012:role/platform-admin"]],
        json_schema_extra={"x-example-only": True},
    )
    """IAM roles that administer the cluster; the role that deploys the platform is one of them."""
    node_pools: dict[PoolName, NodePool] = Field(
        default_factory=default_pools,
        min_length=1,
        max_length=30,
        examples=[{"general": {"instance_types": ["m7i.xlarge"], "min_size": 2}}],
    )
    """Pools of nodes by name; a name is part of what exists and cannot be changed later."""
    add_on_versions: dict[AddOn, AddOnVersion] = Field(
        default_factory=dict, examples=[{"coredns": "v1.13.1-eksbuild.1"}]
    )
    """Versions of add-ons; absent for the one that EKS chooses for the cluster's version."""
    log_retention_days: LogRetention = LogRetention.ONE_YEAR
    """Days that the control plane's logs are kept."""
    deletion_protection: bool = True
    """True keeps EKS from deleting the cluster until it is turned off."""
    volume_reclaim_policy: ReclaimPolicy = ReclaimPolicy.RETAIN
    """What happens to a volume when its claim is deleted."""
    create_autoscaling_role: bool = False
    """True in an account that never had an Auto Scaling group: the service's own role, which must
    be there before its use of the disks' key can be allowed, is made too."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the network for the cluster, and the cluster for what connects to it."""
        if layer is Layer.FOUNDATION:
            return {"network": NetworkClaim()}
        return {"foundation": OwnPartClaim()}

    def misfits(self, scope: Scope) -> Iterator[tuple[Location, str]]:
        """Yield the administrators whose ARN belongs to another partition than the region."""
        partition = naming.partition(scope.get("region", ""))
        for index, role in enumerate(self.administrators):
            if role.split(":")[1] != partition:
                wrong = f"{role} is not in the partition of the region; it begins with"
                yield ("administrators", index), f"{wrong} arn:{partition}:."

    def leaves_behind(self) -> Iterator[str]:
        """Yield what controllers and people made through the cluster."""
        yield (
            "network interfaces of nodes, for some minutes; while they are there, subnets and "
            "security groups are in use"
        )
        if self.volume_reclaim_policy is ReclaimPolicy.RETAIN:
            yield (
                "EBS volumes of claims, because volume_reclaim_policy is Retain: aws ec2 "
                "describe-volumes --filters Name=tag-key,Values=kubernetes.io/created-for/pvc/name"
            )

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield who must deploy, what EKS and EC2 must offer, and how the cluster is reached."""
        name = naming.stem(scope, instance)
        yield EksAdministrator(
            administrators=tuple(self.administrators), verifies=("administrators",)
        )
        yield EksVersionOffered(version=self.version.value, cluster=name, verifies=("version",))
        for pool, settings in self.node_pools.items():
            yield InstanceTypesOffered(
                pool=pool,
                types=tuple(settings.instance_types),
                verifies=(f"node_pools.{pool}.instance_types",),
            )
        yield ServiceRole(
            role="AWSServiceRoleForAutoScaling",
            name="the role of the service Auto Scaling",
            made_here=self.create_autoscaling_role,
            otherwise=str(not self.create_autoscaling_role).lower(),
            owner=tuple(naming.tags(scope).items()),
            verifies=("create_autoscaling_role",),
        )
        yield ProgramFound(program="aws", purpose="sign in to the cluster", source=AWS_CLI)
        yield ClusterReached(access=EksCluster(name=name, region=scope["region"]))

    @clash("administrators")
    def _administrators_differ(self) -> str | None:
        if len(set(self.administrators)) == len(self.administrators):
            return None
        return "a role is named twice; name each once."

    @clash("node_pools")
    def _somewhere_to_run(self) -> str | None:
        plain = [p for p in self.node_pools.values() if not p.gpu and not p.taints and p.min_size]
        if plain:
            return None
        return "at least one pool has no GPU, no taints and a min_size of 1 or more."
