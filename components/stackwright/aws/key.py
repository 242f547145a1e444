"""Encryption keys: one customer-managed KMS key per tool that keeps data."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from stackwright import naming
from stackwright.aws import policy
from stackwright.scope import Scope

DELETION_WINDOW_DAYS = 30
"""The longest that KMS allows, so that a scheduled deletion is noticed in time."""


def encryption_key(
    name: str,
    scope: Scope,
    instance: str,
    *,
    opts: pulumi.ResourceOptions,
    services: Sequence[str] = (),
    statements: Sequence[policy.Statement] = (),
    tags: dict[str, str] | None = None,
) -> aws.kms.Key:
    """Make a key with yearly rotation and an alias.

    Args:
        name: Name of the key's resource; the alias derives from it.
        scope: Environment that the key belongs to.
        instance: Instance of the blueprint that uses the key.
        opts: Options of both resources.
        services: AWS service principals that encrypt on our behalf, such as
            `logs.eu-west-1.amazonaws.com`.
        statements: Further statements of the key's policy.
        tags: Tags besides those of the platform.
    """
    account, partition = scope["account"], naming.partition(scope["region"])
    allowed: list[policy.Statement] = [
        {
            "Sid": "AccountAdministersKey",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        *statements,
    ]
    if services:
        allowed.append(_service_use(services, account))
    key = aws.kms.Key(
        name,
        description=f"{instance} of {scope['name']} {scope['environment']}",
        enable_key_rotation=True,
        deletion_window_in_days=DELETION_WINDOW_DAYS,
        policy=policy.document(allowed),
        tags=tags,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=True)),
    )
    aws.kms.Alias(
        f"{name}-alias",
        name=f"alias/{naming.stem(scope, instance)}",
        target_key_id=key.key_id,
        opts=opts,
    )
    return key


def _service_use(services: Sequence[str], account: str) -> policy.Statement:
    return {
        "Sid": "ServicesEncrypt",
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": [
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:DescribeKey",
        ],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
