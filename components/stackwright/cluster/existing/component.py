"""A given cluster as a component: the provider that reaches it, and nothing in it."""

from typing import NotRequired, TypedDict

import pulumi
from pulumi import Output

from stackwright.cluster.existing.settings import ExistingClusterSettings
from stackwright.component import ToolComponent
from stackwright.contracts import KubernetesCluster
from stackwright.kubernetes.provider import kubernetes_provider
from stackwright.scope import Scope


class ExistingClusterSettingsArgs(TypedDict):
    """Settings of a cluster that is already there."""

    context: str
    """Context in the caller's kubeconfig."""
    uid: str
    """UID of the namespace kube-system, which tells the cluster from others."""
    storage_class: NotRequired[str]
    """StorageClass of volumes; absent for the cluster's default."""


class ExistingClusterArgs(TypedDict):
    """Arguments of ExistingCluster."""

    scope: Scope
    """Environment that runs in the cluster."""
    settings: ExistingClusterSettingsArgs
    """Which cluster it is."""


class ExistingCluster(ToolComponent[ExistingClusterSettings]):
    """A Kubernetes cluster that is already there: a provider that reaches it."""

    _settings_class = ExistingClusterSettings

    context: Output[str]
    """Context in the caller's kubeconfig."""
    cluster_identifier: Output[str]
    """UID of the namespace kube-system."""

    def __init__(
        self, name: str, args: ExistingClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        settings = self._settings
        self._cluster_provider = kubernetes_provider(
            name, settings.uid, context=settings.context, opts=self.child()
        )
        self.context = Output.from_input(settings.context)
        self.cluster_identifier = Output.from_input(settings.uid)
        self.register()

    @property
    def cluster_provider(self) -> pulumi.ProviderResource:
        """Provider for what runs in the cluster."""
        return self._cluster_provider

    def binding(self, consumer: str) -> KubernetesCluster:
        """Return the cluster, for what runs in it."""
        settings = self._settings
        cluster = KubernetesCluster(
            cluster_name=settings.context,
            cluster_identifier=settings.uid,
            context=settings.context,
        )
        if settings.storage_class:
            cluster["storage_class"] = settings.storage_class
        return cluster
