"""Every option and kind of value that a program can register, in a cluster."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import Output, ResourceOptions

foundation = pulumi.StackReference(
    f"{pulumi.get_organization()}/sample-foundation/{pulumi.get_stack()}"
)
key = foundation.get_output("key")

cluster = kubernetes.Provider(
    "cluster",
    context="cluster-of-the-test",
    cluster_identifier=foundation.get_output("network"),
    enable_config_map_mutable=True,
    helm_release_settings={"driver": "secret"},
)
there = ResourceOptions(provider=cluster)

namespace = kubernetes.core.v1.Namespace(
    "namespace", metadata={"name": "sample", "labels": {"team": "ml"}}, opts=there
)
labels = {"app": "server"}
container: Any = {
    "name": "server",
    "image": "registry.acme.test/server:1",
    "env": [{"name": "KEY", "value": key}],
    "resources": {"limits": {"nvidia.com/gpu": "1"}},
}
server = kubernetes.apps.v1.Deployment(
    "server",
    metadata={"name": "server", "namespace": namespace.metadata["name"]},
    spec={
        "replicas": 2,
        "selector": {"match_labels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    },
    opts=there,
)
service = kubernetes.core.v1.Service(
    "service",
    metadata={"name": "server", "namespace": server.metadata["namespace"]},
    spec={"selector": labels, "ports": [{"port": 80, "target_port": 80}]},
    opts=there,
)
kubernetes.core.v1.Secret(
    "secret",
    metadata={"name": "secret", "namespace": "sample"},
    string_data={"password": foundation.get_output("password"), "user": "sample"},
    opts=there,
)
kubernetes.core.v1.ConfigMap(
    "unnamed",
    metadata={"namespace": namespace.metadata["name"]},
    data={"service": service.metadata["name"]},
    opts=there,
)
release = kubernetes.helm.v3.Release(
    "release",
    kubernetes.helm.v3.ReleaseArgs(
        chart="sample",
        version="1.2.3",
        name="sample",
        namespace=namespace.metadata["name"],
        values={"list": [1, 2.5, key], "hidden": Output.secret("canary")},
        repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo="http://charts.acme.test"),
        timeout=60,
    ),
    ResourceOptions(provider=cluster, depends_on=[server]),
)
kubernetes.core.v1.ConfigMap(
    "after",
    metadata={"name": "after", "namespace": "sample"},
    data={"release": release.status.name, "id": server.id},
    opts=there,
)

pulumi.export("service", service.metadata["name"])
