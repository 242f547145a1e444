"""The way into an EKS cluster as a component: its provider and the class of its volumes."""

from typing import TypedDict

import pulumi
from pulumi import Input, Output
from pulumi_kubernetes.storage.v1 import StorageClass

from stackwright import naming
from stackwright.cluster.eks.args import EksSettingsArgs
from stackwright.cluster.eks.kubeconfig import kubeconfig
from stackwright.cluster.eks.settings import EksSettings
from stackwright.component import ToolComponent
from stackwright.contracts import KubernetesCluster
from stackwright.kubernetes.provider import kubernetes_provider
from stackwright.scope import Scope

STORAGE_CLASS = "gp3"


class EksHandover(TypedDict):
    """What the account's part of EKS gives the platform's part."""

    cluster_name: Input[str]
    """Name of the cluster."""
    cluster_identifier: Input[str]
    """URL of the cluster's API; it stays the same in the cluster's life."""
    certificate_authority: Input[str]
    """Certificate of the API's authority, in base64."""
    security_group_id: Input[str]
    """Security group of the nodes."""
    key_arn: Input[str]
    """ARN of the key for volumes."""


class EksAccessArgs(TypedDict):
    """Arguments of EksAccess."""

    scope: Scope
    """Environment that the cluster belongs to."""
    settings: EksSettingsArgs
    """What is configured, as for the cluster itself."""
    foundation: EksHandover
    """What the account's part gives."""


class EksAccess(ToolComponent[EksSettings]):
    """The way into an EKS cluster: a provider, and the class of its encrypted volumes."""

    _settings_class = EksSettings

    kubeconfig: Output[str]
    """Kubeconfig in JSON that asks AWS for a token at each use."""
    storage_class: Output[str]
    """Name of the StorageClass for encrypted volumes."""

    def __init__(
        self, name: str, args: EksAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._cluster = args["foundation"]
        self.kubeconfig = kubeconfig(
            self._cluster["cluster_name"],
            self._cluster["cluster_identifier"],
            self._cluster["certificate_authority"],
            self._scope["region"],
        )
        self._cluster_provider = kubernetes_provider(
            name,
            self._cluster["cluster_identifier"],
            kubeconfig=self.kubeconfig,
            opts=self.child(),
        )
        self.storage_class = self._storage_class().metadata["name"]
        self.register()

    @property
    def cluster_provider(self) -> pulumi.ProviderResource:
        """Provider for what runs in the cluster."""
        return self._cluster_provider

    def binding(self, consumer: str) -> KubernetesCluster:
        """Return the cluster, for what runs in it."""
        return KubernetesCluster(
            cluster_name=self._cluster["cluster_name"],
            cluster_identifier=self._cluster["cluster_identifier"],
            kubeconfig=self.kubeconfig,
            storage_class=self.storage_class,
            security_group_id=self._cluster["security_group_id"],
        )

    def _storage_class(self) -> StorageClass:
        return StorageClass(
            f"{self._instance}-storage-class",
            metadata={
                "name": STORAGE_CLASS,
                "labels": naming.labels(self._scope, self._instance),
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            provisioner="ebs.csi.aws.com",
            parameters={
                "type": "gp3",
                "encrypted": "true",
                "kmsKeyId": self._cluster["key_arn"],
                "csi.storage.k8s.io/fstype": "ext4",
            },
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy=self._settings.volume_reclaim_policy.value,
            # The API server changes neither in a class that is there, and two of one name cannot
            # be; volumes keep what they were made with (Kubernetes, "Storage Classes").
            opts=self.child(
                provider=self._cluster_provider,
                replace_on_changes=["reclaimPolicy", "volumeBindingMode"],
                delete_before_replace=True,
            ),
        )
