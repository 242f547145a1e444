"""Amazon EKS as a component: control plane, node pools, add-ons and who administers them."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from stackwright import naming, outputs
from stackwright.aws import policy
from stackwright.aws.key import encryption_key
from stackwright.aws.logs import log_encryption, log_group
from stackwright.cluster.eks.access import PublicAccess
from stackwright.cluster.eks.add_ons import add_ons_before_nodes, add_ons_on_nodes
from stackwright.cluster.eks.args import EksSettingsArgs
from stackwright.cluster.eks.connection import EksAccess
from stackwright.cluster.eks.kubeconfig import kubeconfig
from stackwright.cluster.eks.nodes import node_groups
from stackwright.cluster.eks.permissions import (
    attach,
    autoscaling_role_arn,
    node_role,
    role,
    secrets_encryption,
    volume_driver_role,
    volume_encryption,
)
from stackwright.cluster.eks.settings import EksSettings
from stackwright.component import ToolComponent
from stackwright.contracts import KubernetesCluster, Network
from stackwright.scope import Scope

__all__ = ["Eks", "EksAccess", "EksArgs"]

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


class EksArgs(TypedDict):
    """Arguments of Eks."""

    scope: Scope
    """Environment that the cluster belongs to."""
    settings: EksSettingsArgs
    """What is configured; defaults are secure."""
    network: Network
    """Network that the cluster is made in."""


class Eks(ToolComponent[EksSettings]):
    """Amazon EKS: a managed cluster and its node pools."""

    _settings_class = EksSettings

    cluster_name: Output[str]
    """Name of the cluster."""
    endpoint: Output[str]
    """URL of the cluster's API."""
    certificate_authority: Output[str]
    """Certificate of the API's authority, in base64."""
    security_group_id: Output[str]
    """Security group of the nodes."""
    kubeconfig: Output[str]
    """Kubeconfig in JSON that asks AWS for a token at each use."""
    key_arn: Output[str]
    """ARN of the key for secrets, logs and volumes."""

    def __init__(
        self, name: str, args: EksArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._network = args["network"]
        self._physical_name = naming.stem(self._scope, name)
        self._key = self._encryption_key()
        self.key_arn = self._key.arn
        cluster = self._cluster = self._control_plane()
        self.cluster_name = cluster.name
        self.endpoint = cluster.endpoint
        self.certificate_authority = outputs.entry(cluster.certificate_authority, "data")
        self.security_group_id = outputs.entry(cluster.vpc_config, "cluster_security_group_id")
        self.kubeconfig = kubeconfig(
            cluster.name, cluster.endpoint, self.certificate_authority, self._scope["region"]
        )
        self._administrators()
        self._api_access()
        self._nodes()
        self.register()

    def binding(self, consumer: str) -> KubernetesCluster:
        """Return the cluster, for what the account binds to it."""
        return KubernetesCluster(
            cluster_name=self.cluster_name,
            cluster_identifier=self.endpoint,
            kubeconfig=self.kubeconfig,
            security_group_id=self.security_group_id,
        )

    def handover(self) -> Mapping[str, Input[str]]:
        """Return what the platform needs to connect."""
        return {
            "cluster_name": self.cluster_name,
            "cluster_identifier": self.endpoint,
            "certificate_authority": self.certificate_authority,
            "security_group_id": self.security_group_id,
            "key_arn": self.key_arn,
        }

    def _encryption_key(self) -> aws.kms.Key:
        starts_nodes = autoscaling_role_arn(self._scope)
        before: list[pulumi.Resource] = []
        if self._settings.create_autoscaling_role:
            before.append(
                aws.iam.ServiceLinkedRole(
                    f"{self._instance}-autoscaling-role",
                    aws_service_name="autoscaling.amazonaws.com",
                    opts=self.child(retain_on_delete=True),
                )
            )
        return encryption_key(
            f"{self._instance}-key",
            self._scope,
            self._instance,
            statements=[
                log_encryption(self._scope, self._log_group_name),
                *volume_encryption("*", {"AWS": starts_nodes}),
            ],
            opts=self.child(depends_on=before),
            tags=self._settings.tags,
        )

    @property
    def _log_group_name(self) -> str:
        return f"/aws/eks/{self._physical_name}/cluster"

    def _control_plane(self) -> aws.eks.Cluster:
        name, settings = self._instance, self._settings
        logs = log_group(
            f"{name}-logs",
            self._log_group_name,
            self._key,
            settings.log_retention_days,
            tags=settings.tags,
            opts=self.child(),
        )
        made, allowed = self._control_plane_role()
        return aws.eks.Cluster(
            name,
            name=self._physical_name,
            version=settings.version.value,
            role_arn=made.arn,
            access_config={
                "authentication_mode": "API",
                "bootstrap_cluster_creator_admin_permissions": False,
            },
            # Add-ons are resources of their own, so that each has its order and version.
            bootstrap_self_managed_addons=False,
            vpc_config=self._endpoints(),
            encryption_config={
                "provider": {"key_arn": self._key.arn},
                "resources": ["secrets"],
            },
            enabled_cluster_log_types=list(LOG_TYPES),
            upgrade_policy={"support_type": "STANDARD"},
            deletion_protection=settings.deletion_protection,
            tags=settings.tags,
            opts=self.child(protect=True, depends_on=[logs, *allowed]),
        )

    def _endpoints(self) -> aws.eks.ClusterVpcConfigArgsDict:
        access = self._settings.access
        public = isinstance(access, PublicAccess)
        endpoints: aws.eks.ClusterVpcConfigArgsDict = {
            "subnet_ids": self._network["private_subnet_ids"],
            "endpoint_private_access": True,
            "endpoint_public_access": public,
        }
        if public:
            endpoints["public_access_cidrs"] = list(access.allowed_cidrs)
        return endpoints

    def _control_plane_role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        """Return the control plane's role and what completes it."""
        name = self._instance
        made = role(
            f"{name}-role",
            naming.stem(self._scope, name, "control"),
            policy.service_trust("eks.amazonaws.com", self._scope["account"]),
            self._settings.tags,
            self.child,
        )
        encrypt = aws.iam.RolePolicy(
            f"{name}-secrets-key",
            role=made.name,
            name="encrypt-secrets",
            policy=secrets_encryption(self._key.arn),
            opts=self.child(),
        )
        allowed = attach(name, made, ["AmazonEKSClusterPolicy"], self._scope, self.child)
        return made, [*allowed, encrypt]

    def _administrators(self) -> None:
        partition = naming.partition(self._scope["region"])
        for arn in self._settings.administrators:
            # Account and path of the role: the key stays when the list is reordered.
            key = arn.partition(":iam::")[2].replace(":role/", "/")
            entry = aws.eks.AccessEntry(
                f"{self._instance}-administrator-{key}",
                cluster_name=self.cluster_name,
                principal_arn=arn,
                type="STANDARD",
                tags=self._settings.tags,
                opts=self.child(),
            )
            aws.eks.AccessPolicyAssociation(
                f"{self._instance}-administrator-{key}-policy",
                cluster_name=self.cluster_name,
                principal_arn=entry.principal_arn,
                policy_arn=(
                    f"arn:{partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
                ),
                access_scope={"type": "cluster"},
                opts=self.child(),
            )

    def _api_access(self) -> None:
        """Let the network, and what the user names, reach the private endpoint."""
        self._api_rule("network", self._network["vpc_cidr"])
        if not isinstance(self._settings.access, PublicAccess):
            for cidr in self._settings.access.allowed_cidrs:
                self._api_rule(cidr, cidr)

    def _api_rule(self, key: str, cidr: Input[str]) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self._instance}-api-from-{key}",
            security_group_id=self.security_group_id,
            description="Kubernetes API",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=cidr,
            opts=self.child(),
        )

    def _nodes(self) -> None:
        name, scope, tags = self._instance, self._scope, self._settings.tags
        nodes, allowed = node_role(name, scope, tags, self.child)
        before = add_ons_before_nodes(name, self._settings, self.cluster_name, self.child)
        groups = node_groups(
            name,
            scope,
            self._settings,
            self._cluster,
            role_arn=nodes.arn,
            key_arn=self.key_arn,
            subnet_ids=self._network["private_subnet_ids"],
            after=[*allowed, *before.values()],
            options=self.child,
        )
        volumes = volume_driver_role(
            name, scope, self._physical_name, self.key_arn, tags, self.child
        )
        ready: list[pulumi.Resource] = list(groups.values())
        on_nodes = self.child(depends_on=ready)
        add_ons_on_nodes(name, self._settings, self.cluster_name, volumes.arn, on_nodes)
