"""What a user writes about a cluster that is already there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright.blueprint.base import DnsSubdomain, Wording
from stackwright.checks import (
    Check,
    ClusterIdentity,
    ClusterReached,
    DefaultStorageClass,
    ObjectExists,
    ServerVersion,
)
from stackwright.claims import Layer
from stackwright.cluster_access import KubeconfigContext
from stackwright.scope import Scope
from stackwright.tool import EXISTING_CLUSTER, ToolSettings

ContextName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/@+-]*$", max_length=253),
    Wording("a name of at most 253 letters, digits and _.:/@+-, as `kubectl config` shows it,"),
]

Uid = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
    Wording("a UUID in lower case, such as 1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e,"),
]
"""A UUID as the Kubernetes API writes it (RFC 9562, section 4)."""


SUPPORTED = ("1.34", "1.35", "1.36")
"""Minor versions of Kubernetes that this release supports."""


class ExistingClusterSettings(ToolSettings):
    """A Kubernetes cluster that is already there."""

    title: ClassVar[str] = "Existing cluster"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "ExistingCluster"}
    contract: ClassVar[str] = "KubernetesCluster"
    targets: ClassVar[frozenset[str]] = frozenset({EXISTING_CLUSTER})

    kind: Literal["existing"]
    context: ContextName = Field(
        examples=["my-cluster"], json_schema_extra={"x-example-only": True}
    )
    """Context in your kubeconfig, one of `kubectl config get-contexts -o name`."""
    uid: Uid = Field(
        examples=["1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e"],
        json_schema_extra={"x-example-only": True},
    )
    """What tells the cluster from others, whatever the context is called: the UID of its namespace
    kube-system, from `kubectl get namespace kube-system -o jsonpath={.metadata.uid}`."""
    storage_class: DnsSubdomain | None = Field(default=None, examples=["standard"])
    """StorageClass of volumes; absent for the cluster's default. Choose an encrypted one."""

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield how the cluster is reached, that it is the one, and that volumes can be made."""
        yield ClusterReached(access=KubeconfigContext(context=self.context), verifies=("context",))
        yield ClusterIdentity(uid=self.uid, verifies=("uid",))
        yield ServerVersion(supported=SUPPORTED)
        if self.storage_class is None:
            yield DefaultStorageClass(verifies=("storage_class",))
            return
        yield ObjectExists(
            kind="StorageClass",
            name=self.storage_class,
            path=f"/apis/storage.k8s.io/v1/storageclasses/{self.storage_class}",
            verifies=("storage_class",),
        )
