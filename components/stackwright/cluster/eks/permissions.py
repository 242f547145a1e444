"""Roles of the cluster, its nodes and its volume driver, and who may use its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from stackwright import naming
from stackwright.aws import policy
from stackwright.aws.region import dns_suffix
from stackwright.scope import Scope

Options = Callable[..., pulumi.ResourceOptions]

VOLUME_DRIVER_ACCOUNT = "ebs-csi-controller-sa"
"""Service account of the EBS CSI driver's controller (add-on aws-ebs-csi-driver)."""

_NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
)

_KEY_USE = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:DescribeKey",
)


def role(
    name: str, role_name: str, trust: Input[str], tags: dict[str, str], options: Options
) -> aws.iam.Role:
    """Make a role with a name of ours."""
    return aws.iam.Role(name, name=role_name, assume_role_policy=trust, tags=tags, opts=options())


def attach(
    name: str, role_: aws.iam.Role, policies: Sequence[str], scope: Scope, options: Options
) -> list[pulumi.Resource]:
    """Give a role policies that AWS keeps; `policies` are their paths and names."""
    partition = naming.partition(scope["region"])
    return [
        aws.iam.RolePolicyAttachment(
            f"{name}-{path.rpartition('/')[2]}",
            role=role_.name,
            policy_arn=f"arn:{partition}:iam::aws:policy/{path}",
            opts=options(),
        )
        for path in policies
    ]


def node_role(
    name: str, scope: Scope, tags: dict[str, str], options: Options
) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    """Return the nodes' role and what completes it: join, network and pulling images only."""
    # EC2 does not say for which account it acts, so the trust carries no condition.
    trust = policy.document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"ec2.{dns_suffix(scope['region'])}"},
                "Action": ["sts:AssumeRole"],
            }
        ]
    )
    made = role(f"{name}-node-role", naming.stem(scope, name, "nodes"), trust, tags, options)
    return made, attach(f"{name}-node", made, _NODE_POLICIES, scope, options)


def volume_driver_role(
    name: str,
    scope: Scope,
    cluster_name: str,
    key_arn: Input[str],
    tags: dict[str, str],
    options: Options,
) -> aws.iam.Role:
    """Make the volume driver's role; it may use the key for volumes and for nothing else."""
    trust = policy.pod_trust(scope, cluster_name, "kube-system", VOLUME_DRIVER_ACCOUNT)
    made = role(f"{name}-volumes-role", naming.stem(scope, name, "volumes"), trust, tags, options)
    attach(f"{name}-volumes", made, ["service-role/AmazonEBSCSIDriverPolicyV2"], scope, options)
    aws.iam.RolePolicy(
        f"{name}-volumes-key",
        role=made.name,
        name="encrypt-volumes",
        policy=policy.document(volume_encryption(key_arn)),
        opts=options(),
    )
    return made


def volume_encryption(
    key_arn: Input[str], principal: dict[str, Any] | None = None
) -> list[policy.Statement]:
    """Return the statements that let somebody attach encrypted disks.

    Source: Amazon EKS user guide, "Store Kubernetes volumes with Amazon EBS", and Amazon EC2
    Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes".

    Args:
        key_arn: The key; `*` in the key's own policy.
        principal: Who is meant, in the key's own policy.
    """
    who = {"Principal": principal} if principal else {}
    return [
        {"Effect": "Allow", **who, "Action": list(_KEY_USE), "Resource": key_arn},
        {
            "Effect": "Allow",
            **who,
            "Action": ["kms:CreateGrant"],
            "Resource": key_arn,
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def autoscaling_role_arn(scope: Scope) -> str:
    """Return the role that starts nodes: EC2 Auto Scaling's own in the account."""
    return (
        f"arn:{naming.partition(scope['region'])}:iam::{scope['account']}:role/aws-service-role/"
        "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    )


def secrets_encryption(key_arn: Output[str]) -> Output[str]:
    """Return the policy that lets the control plane encrypt Kubernetes secrets."""
    actions = ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey", "kms:ListGrants"]
    return policy.document([{"Effect": "Allow", "Action": actions, "Resource": key_arn}])
