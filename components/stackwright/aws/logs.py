"""Log groups in CloudWatch: encrypted with a key of our own, kept for a stated time."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from stackwright import naming
from stackwright.aws.policy import Statement
from stackwright.aws.region import dns_suffix
from stackwright.scope import Scope


def log_encryption(scope: Scope, *log_groups: str) -> Statement:
    """Return the statement of a key's policy that lets CloudWatch encrypt some log groups.

    Source: Amazon CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
    """
    region = scope["region"]
    prefix = f"arn:{naming.partition(region)}:logs:{region}:{scope['account']}:log-group"
    return {
        "Sid": "CloudWatchEncryptsLogs",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.{dns_suffix(region)}"},
        "Action": [
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
        ],
        "Resource": "*",
        "Condition": {
            "StringEquals": {
                "kms:EncryptionContext:aws:logs:arn": [f"{prefix}:{name}" for name in log_groups]
            }
        },
    }


def log_group(
    name: str,
    log_group_name: str,
    key: aws.kms.Key,
    retention_days: int,
    *,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.LogGroup:
    """Make a protected log group that `key` encrypts; the key's policy needs `log_encryption`."""
    return aws.cloudwatch.LogGroup(
        name,
        name=log_group_name,
        kms_key_id=key.arn,
        retention_in_days=retention_days,
        tags=tags,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=True)),
    )
