"""IAM policy documents as JSON text; statements are written in IAM's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi import Input, Output

from stackwright import naming
from stackwright.scope import Scope

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


def pod_trust(
    scope: Scope, cluster_name: Input[str], namespace: str, service_account: str, *further: str
) -> Output[str]:
    """Return a trust policy for the pods of some service accounts of one namespace of a cluster.

    The tags are those that EKS Pod Identity sends with each request (Amazon EKS user guide,
    "Create IAM role with trust policy required by EKS Pod Identity").
    """
    account, region = scope["account"], scope["region"]
    accounts = [service_account, *further] if further else service_account
    cluster = Output.format(
        "arn:{0}:eks:{1}:{2}:cluster/{3}", naming.partition(region), region, account, cluster_name
    )
    return document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {
                        "aws:RequestTag/eks-cluster-arn": cluster,
                        "aws:RequestTag/kubernetes-namespace": namespace,
                        "aws:RequestTag/kubernetes-service-account": accounts,
                    }
                },
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
