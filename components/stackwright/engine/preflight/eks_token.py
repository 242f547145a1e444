"""Makes the token that EKS knows a caller by, as `aws eks get-token` does.

It is a signed request for the caller's identity that EKS sends in the caller's place (AWS CLI,
`customizations/eks/get_token.py`).
"""

from __future__ import annotations

import base64
from typing import Any

VALID_FOR = 60
"""Seconds within which the signed request is to be used first; EKS takes the token for minutes."""


def eks_token(session: Any, cluster: str) -> str:
    """Return the token; it is a credential and not to be shown.

    Args:
        session: Session of boto3.
        cluster: Name of the cluster.
    """
    sts = session.client("sts")
    sts.meta.events.register("before-sign.sts.GetCallerIdentity", _cluster_header(cluster))
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=VALID_FOR, HttpMethod="GET")
    encoded = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return f"k8s-aws-v1.{encoded}"


def _cluster_header(cluster: str) -> Any:
    def add(request: Any, **_: Any) -> None:
        request.headers["x-k8s-aws-id"] = cluster

    return add
