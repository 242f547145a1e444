"""Resources of a program that is measured: half on AWS, half on Kubernetes, joined by outputs.

The benchmark copies this file beside the programs, which then hold the very same resources.
"""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

GROUP = 6
"""Resources of one workload: bucket, role, policy, config, deployment, service."""


def register(count: int, cloud: pulumi.ProviderResource, cluster: kubernetes.Provider) -> None:
    """Register `count` resources.

    Args:
        count: How many.
        cloud: Provider of what is on AWS.
        cluster: Provider of what is on Kubernetes.
    """
    on_cloud = pulumi.ResourceOptions(provider=cloud)
    on_cluster = pulumi.ResourceOptions(provider=cluster)
    groups, rest = divmod(count, GROUP)
    for index in range(groups):
        _workload(f"workload-{index}", on_cloud, on_cluster)
    for index in range(rest):
        aws.s3.Bucket(f"spare-{index}", opts=on_cloud)


def _workload(
    name: str, on_cloud: pulumi.ResourceOptions, on_cluster: pulumi.ResourceOptions
) -> None:
    bucket = aws.s3.Bucket(name, bucket=f"example-{name}", tags={"workload": name}, opts=on_cloud)
    policy = json.dumps({"Version": "2012-10-17"})
    role = aws.iam.Role(name, assume_role_policy=policy, opts=on_cloud)
    allowed = pulumi.Output.json_dumps(
        {"Statement": [{"Action": "s3:GetObject", "Resource": bucket.arn}]}
    )
    aws.iam.RolePolicy(name, role=role.name, policy=allowed, opts=on_cloud)
    labels = {"app": name}
    metadata = kubernetes.meta.v1.ObjectMetaArgs(name=name, labels=labels)
    config = kubernetes.core.v1.ConfigMap(
        name,
        metadata=metadata,
        data={"bucket": bucket.bucket, "url": pulumi.Output.concat("s3://", bucket.id)},
        opts=on_cluster,
    )
    spec = _pods(labels, role, config)
    kubernetes.apps.v1.Deployment(name, metadata=metadata, spec=spec, opts=on_cluster)
    kubernetes.core.v1.Service(
        name,
        metadata=metadata,
        spec={"selector": labels, "ports": [{"port": 80, "target_port": 8080}]},
        opts=on_cluster,
    )


def _pods(
    labels: dict[str, str], role: aws.iam.Role, config: kubernetes.core.v1.ConfigMap
) -> kubernetes.apps.v1.DeploymentSpecArgs:
    core, meta = kubernetes.core.v1, kubernetes.meta.v1
    from_config = core.ConfigMapEnvSourceArgs(name=config.metadata.name)
    container = core.ContainerArgs(
        name="server",
        image="registry.example.com/server:1.0",
        ports=[core.ContainerPortArgs(container_port=8080)],
        env=[core.EnvVarArgs(name="ROLE", value=role.arn)],
        env_from=[core.EnvFromSourceArgs(config_map_ref=from_config)],
        resources=core.ResourceRequirementsArgs(requests={"cpu": "100m", "memory": "128Mi"}),
    )
    return kubernetes.apps.v1.DeploymentSpecArgs(
        replicas=2,
        selector=meta.LabelSelectorArgs(match_labels=labels),
        template=core.PodTemplateSpecArgs(
            metadata=meta.ObjectMetaArgs(labels=labels),
            spec=core.PodSpecArgs(containers=[container]),
        ),
    )
