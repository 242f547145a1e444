"""The parts of a cluster that EKS keeps up to date: those that nodes need, and the others."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws
from pulumi import Input

from stackwright.cluster.eks.permissions import VOLUME_DRIVER_ACCOUNT, Options
from stackwright.cluster.eks.settings import AddOn, EksSettings

_BEFORE_NODES = (AddOn.VPC_CNI, AddOn.KUBE_PROXY, AddOn.POD_IDENTITY_AGENT)
_ON_NODES = (AddOn.COREDNS, AddOn.METRICS_SERVER, AddOn.EBS_CSI_DRIVER)

_NETWORK_POLICY = json.dumps({"enableNetworkPolicy": "true"})


def add_ons_before_nodes(
    name: str, settings: EksSettings, cluster_name: Input[str], options: Options
) -> dict[AddOn, aws.eks.Addon]:
    """Make what runs on every node from its start."""
    return {
        add_on: _add_on(
            name,
            add_on,
            settings,
            cluster_name,
            options(),
            configuration=_NETWORK_POLICY if add_on is AddOn.VPC_CNI else None,
        )
        for add_on in _BEFORE_NODES
    }


def add_ons_on_nodes(
    name: str,
    settings: EksSettings,
    cluster_name: Input[str],
    volumes_role_arn: Input[str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Make what needs a node to run on."""
    for add_on in _ON_NODES:
        identity: aws.eks.AddonPodIdentityAssociationArgsDict = {
            "service_account": VOLUME_DRIVER_ACCOUNT,
            "role_arn": volumes_role_arn,
        }
        _add_on(
            name,
            add_on,
            settings,
            cluster_name,
            opts,
            identity=identity if add_on is AddOn.EBS_CSI_DRIVER else None,
        )


def _add_on(
    name: str,
    add_on: AddOn,
    settings: EksSettings,
    cluster_name: Input[str],
    opts: pulumi.ResourceOptions,
    *,
    configuration: str | None = None,
    identity: aws.eks.AddonPodIdentityAssociationArgsDict | None = None,
) -> aws.eks.Addon:
    return aws.eks.Addon(
        f"{name}-add-on-{add_on.value}",
        cluster_name=cluster_name,
        addon_name=add_on.value,
        addon_version=settings.add_on_versions.get(add_on),
        configuration_values=configuration,
        pod_identity_associations=[identity] if identity else None,
        # The blueprint is the only configuration: what somebody changed by hand is put back.
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        tags=settings.tags,
        opts=opts,
    )
