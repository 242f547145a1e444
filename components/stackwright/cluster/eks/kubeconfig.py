"""A kubeconfig that asks AWS for a short-lived token at each use; it holds no secret."""

from __future__ import annotations

from pulumi import Input, Output


def kubeconfig(
    cluster_name: Input[str], endpoint: Input[str], authority: Input[str], region: str
) -> Output[str]:
    """Return a kubeconfig in JSON.

    Args:
        cluster_name: Name of the EKS cluster.
        endpoint: URL of the cluster's API.
        authority: Certificate of the API's authority, in base64.
        region: Region of the cluster.
    """
    command = ["eks", "get-token", "--output", "json", "--region", region, "--cluster-name"]
    token = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "aws",
        "args": [*command, cluster_name],
        "interactiveMode": "Never",
    }
    cluster = {"server": endpoint, "certificate-authority-data": authority}
    return Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": cluster}],
            "users": [{"name": "user", "user": {"exec": token}}],
            "contexts": [{"name": "context", "context": {"cluster": "cluster", "user": "user"}}],
            "current-context": "context",
        }
    )
