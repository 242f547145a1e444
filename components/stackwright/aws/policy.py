"""IAM policy documents as JSON text; statements are written in IAM's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi import Input, Output

Statement = Mapping[str, Any]

VERSION = "2012-10-17"


def document(statements: Sequence[Statement]) -> Output[str]:
    """Return a policy document; values may be outputs of text."""
    return Output.json_dumps({"Version": VERSION, "Statement": list(statements)})


def service_trust(service: str, account: str, *actions: str) -> Output[str]:
    """Return a trust policy for an AWS service acting for our account only."""
    return document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": list(actions or ("sts:AssumeRole",)),
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
        ]
    )


def deny_plain_http(bucket_arn: Input[str]) -> Statement:
    """Return the statement that refuses requests without TLS."""
    return {
        "Sid": "DenyPlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, Output.format("{0}/*", bucket_arn)],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
