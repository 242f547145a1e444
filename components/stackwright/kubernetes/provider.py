"""The Pulumi provider of everything in one cluster."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import Input


def kubernetes_provider(
    name: str,
    identifier: Input[str],
    *,
    opts: pulumi.ResourceOptions,
    kubeconfig: Input[str] | None = None,
    context: Input[str] | None = None,
) -> kubernetes.Provider:
    """Make the provider of a cluster.

    Args:
        name: Name that the resource's name begins with.
        identifier: What stays the same in the cluster's life: another one replaces every object,
            another way in does not.
        opts: Options of the resource.
        kubeconfig: Way into the cluster; None for the caller's own kubeconfig.
        context: Context in the kubeconfig; None for its current one.
    """
    return kubernetes.Provider(
        f"{name}-provider",
        kubeconfig=kubeconfig,
        context=context,
        cluster_identifier=identifier,
        enable_server_side_apply=True,
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
        # What somebody changed by hand is brought back, not refused as a conflict.
        enable_patch_force=True,
        opts=opts,
    )
