"""Node pools: a launch template and a managed node group each, keyed by the pool's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from stackwright import naming
from stackwright.cluster.eks.instance_types import machine
from stackwright.cluster.eks.node_pool import Capacity, NodePool
from stackwright.cluster.eks.permissions import Options
from stackwright.cluster.eks.settings import EksSettings
from stackwright.scope import Scope
from stackwright.tool import TaintEffect

POOL_LABEL = "stackwright.dev/pool"

_EFFECTS = {
    TaintEffect.NO_SCHEDULE: "NO_SCHEDULE",
    TaintEffect.PREFER_NO_SCHEDULE: "PREFER_NO_SCHEDULE",
    TaintEffect.NO_EXECUTE: "NO_EXECUTE",
}


def node_groups(
    name: str,
    scope: Scope,
    settings: EksSettings,
    cluster: aws.eks.Cluster,
    *,
    role_arn: Input[str],
    key_arn: Input[str],
    subnet_ids: Input[Sequence[Input[str]]],
    after: list[pulumi.Resource],
    options: Options,
) -> dict[str, aws.eks.NodeGroup]:
    """Make every pool of the settings.

    Args:
        name: Name of the cluster's component.
        scope: Environment of the cluster.
        settings: The cluster's settings.
        cluster: The cluster that the nodes join.
        role_arn: The nodes' role.
        key_arn: Key of the nodes' disks.
        subnet_ids: Private subnets.
        after: What must be there before a node starts.
        options: Makes the options of each resource.
    """
    return {
        pool_name: _node_group(
            f"{name}-pool-{pool_name}",
            pool_name,
            pool,
            _launch_template(
                f"{name}-pool-{pool_name}-template",
                pool,
                key_arn,
                {**naming.tags(scope), **settings.tags, POOL_LABEL: pool_name},
                options,
            ),
            cluster_name=cluster.name,
            version=settings.version.value,
            role_arn=role_arn,
            subnet_ids=subnet_ids,
            tags=settings.tags,
            opts=options(
                depends_on=after,
                # An autoscaler changes it, and a deployment must not change it back.
                ignore_changes=["scalingConfig.desiredSize"],
            ),
        )
        for pool_name, pool in sorted(settings.node_pools.items())
    }


def _launch_template(
    name: str, pool: NodePool, key_arn: Input[str], tags: Mapping[str, str], options: Options
) -> aws.ec2.LaunchTemplate:
    return aws.ec2.LaunchTemplate(
        name,
        update_default_version=True,
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            # One hop ends at the node: pods do not reach the node's credentials.
            "http_put_response_hop_limit": 1,
        },
        block_device_mappings=[
            {
                "device_name": "/dev/xvda",
                "ebs": {
                    "volume_type": "gp3",
                    "volume_size": pool.disk_gib,
                    "encrypted": "true",
                    "kms_key_id": key_arn,
                    "delete_on_termination": "true",
                },
            }
        ],
        monitoring={"enabled": True},
        # The provider's default tags reach the template, not what is launched from it.
        tag_specifications=[
            {"resource_type": "instance", "tags": dict(tags)},
            {"resource_type": "volume", "tags": dict(tags)},
        ],
        opts=options(),
    )


def _node_group(
    name: str,
    pool_name: str,
    pool: NodePool,
    template: aws.ec2.LaunchTemplate,
    *,
    cluster_name: Input[str],
    version: str,
    role_arn: Input[str],
    subnet_ids: Input[Sequence[Input[str]]],
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.eks.NodeGroup:
    # Without a name of ours, so that a pool that must be replaced is made before the old one goes.
    return aws.eks.NodeGroup(
        name,
        cluster_name=cluster_name,
        version=version,
        node_role_arn=role_arn,
        subnet_ids=subnet_ids,
        ami_type=machine(pool.instance_types[0]).ami_type,
        capacity_type="SPOT" if pool.capacity is Capacity.SPOT else "ON_DEMAND",
        instance_types=list(pool.instance_types),
        scaling_config={
            "min_size": pool.min_size,
            "max_size": pool.max_size,
            "desired_size": pool.start_size,
        },
        update_config={"max_unavailable_percentage": 33},
        node_repair_config={"enabled": True},
        launch_template={
            "id": template.id,
            "version": Output.format("{0}", template.latest_version),
        },
        labels={**pool.labels, POOL_LABEL: pool_name},
        taints=_taints(pool),
        tags=tags,
        opts=opts,
    )


def _taints(pool: NodePool) -> list[aws.eks.NodeGroupTaintArgsDict]:
    taints: list[aws.eks.NodeGroupTaintArgsDict] = [
        {"key": taint.key, "value": taint.value, "effect": _EFFECTS[taint.effect]}
        for taint in pool.taints
    ]
    if pool.gpu:
        taints.append({"key": "nvidia.com/gpu", "value": "true", "effect": "NO_SCHEDULE"})
    return taints
