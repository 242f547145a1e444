"""EKS Pod Identity as a component: a role per workload, its policies and its associations."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from stackwright import naming
from stackwright.aws import policy
from stackwright.component import ToolComponent
from stackwright.contracts import KubernetesCluster, WorkloadIdentity
from stackwright.identity.pod_identity.settings import PodIdentitySettings
from stackwright.scope import Scope


class PodIdentitySettingsArgs(TypedDict):
    """Settings of EKS Pod Identity."""

    tags: NotRequired[dict[str, str]]
    """AWS tags for every resource, besides those of the platform."""


class WorkloadIdentityConsumer(TypedDict):
    """A workload that acts in the account."""

    service_account: str
    """Kubernetes service account that its pods run as."""
    further_service_accounts: NotRequired[Sequence[str]]
    """Other service accounts of the same namespace that take the same role."""
    namespace: str
    """Namespace of the service accounts."""
    policies: NotRequired[dict[str, Input[str]]]
    """IAM policies in JSON by name; together they are all that the workload may do."""


class PodIdentityArgs(TypedDict):
    """Arguments of PodIdentity."""

    scope: Scope
    """Environment that the roles belong to."""
    settings: NotRequired[PodIdentitySettingsArgs]
    """What is configured."""
    cluster: KubernetesCluster
    """Cluster whose service accounts get roles."""
    consumers: NotRequired[dict[str, WorkloadIdentityConsumer]]
    """Workloads by name; each gets its own role."""


class PodIdentity(ToolComponent[PodIdentitySettings]):
    """EKS Pod Identity: one role per workload, without keys."""

    _settings_class = PodIdentitySettings

    role_arns: Output[dict[str, str]]
    """ARN of each workload's role, by the workload's name."""

    def __init__(
        self, name: str, args: PodIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._cluster = args["cluster"]
        consumers = args.get("consumers", {})
        self._roles = {key: self._workload(key, consumers[key]) for key in sorted(consumers)}
        self.role_arns = Output.all(**{key: role.arn for key, role in self._roles.items()})
        self.register()

    def binding(self, consumer: str) -> WorkloadIdentity:
        """Return the consumer's role."""
        return WorkloadIdentity(role_arn=self._roles[consumer].arn)

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return what every workload's role begins with."""
        partition, account = naming.partition(self._scope["region"]), self._scope["account"]
        prefix = naming.stem(self._scope)
        return {"role_prefix": f"arn:{partition}:iam::{account}:role/{prefix}-"}

    def _workload(self, key: str, workload: WorkloadIdentityConsumer) -> aws.iam.Role:
        name, cluster_name = f"{self._instance}-{key}", self._cluster["cluster_name"]
        namespace, account = workload["namespace"], workload["service_account"]
        further = sorted(workload.get("further_service_accounts", ()))
        trust = policy.pod_trust(self._scope, cluster_name, namespace, account, *further)
        role = aws.iam.Role(
            f"{name}-role",
            name=naming.stem(self._scope, key),
            assume_role_policy=trust,
            tags=self._settings.tags,
            opts=self.child(),
        )
        for policy_name, document in sorted(workload.get("policies", {}).items()):
            aws.iam.RolePolicy(
                f"{name}-{policy_name}-policy",
                role=role.name,
                name=policy_name,
                policy=document,
                opts=self.child(),
            )
        keys = {account: "association", **{one: f"association-{one}" for one in further}}
        for service_account, association in keys.items():
            aws.eks.PodIdentityAssociation(
                f"{name}-{association}",
                cluster_name=cluster_name,
                namespace=namespace,
                service_account=service_account,
                role_arn=role.arn,
                tags=self._settings.tags,
                opts=self.child(),
            )
        return role
