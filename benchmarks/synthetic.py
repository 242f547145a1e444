"""A synthetic program of N resources: half on AWS, half on Kubernetes, joined by outputs.

`python benchmarks/synthetic.py 2000` records it and writes the plan's JSON to standard output.
"""

from __future__ import annotations

# ruff: noqa: E402 - the collector is off before the SDKs are imported, as in the command.
from stackwright.plan.collector import collector_off, skip_final_collection

_SCOPE = collector_off()
_SCOPE.__enter__()

import json
import sys
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from stackwright.plan.graph import Layer, Plan
from stackwright.plan.recorder import record

GROUP = 6
"""Resources of one workload: bucket, role, policy, config, deployment, service."""


def record_synthetic(count: int, *, patches: bool | None = None) -> Layer:
    """Record a program of `count` resources besides the stack.

    Args:
        count: How many resources to register.
        patches: As for `record`.
    """

    def program() -> None:
        groups, rest = divmod(count, GROUP)
        for index in range(groups):
            _workload(f"workload-{index}")
        for index in range(rest):
            aws.s3.Bucket(f"spare-{index}")

    return record(
        program,
        layer="synthetic",
        project="synthetic",
        stack="benchmark",
        root_directory=str(Path(__file__).parent),
        patches=patches,
    )


def _workload(name: str) -> None:
    bucket = aws.s3.Bucket(name, bucket=f"example-{name}", tags={"workload": name})
    role = aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17"}))
    aws.iam.RolePolicy(
        name,
        role=role.name,
        policy=pulumi.Output.json_dumps(
            {"Statement": [{"Action": "s3:GetObject", "Resource": bucket.arn}]}
        ),
    )
    labels = {"app": name}
    config = kubernetes.core.v1.ConfigMap(
        name,
        metadata={"name": name, "labels": labels},
        data={"bucket": bucket.bucket, "url": pulumi.Output.concat("s3://", bucket.id)},
    )
    kubernetes.apps.v1.Deployment(
        name, metadata={"name": name, "labels": labels}, spec=_pods(labels, role, config)
    )
    kubernetes.core.v1.Service(
        name,
        metadata={"name": name, "labels": labels},
        spec={"selector": labels, "ports": [{"port": 80, "target_port": 8080}]},
    )


def _pods(
    labels: dict[str, str], role: aws.iam.Role, config: kubernetes.core.v1.ConfigMap
) -> kubernetes.apps.v1.DeploymentSpecArgs:
    container = kubernetes.core.v1.ContainerArgs(
        name="server",
        image="registry.example.com/server:1.0",
        ports=[kubernetes.core.v1.ContainerPortArgs(container_port=8080)],
        env=[kubernetes.core.v1.EnvVarArgs(name="ROLE", value=role.arn)],
        env_from=[
            kubernetes.core.v1.EnvFromSourceArgs(
                config_map_ref=kubernetes.core.v1.ConfigMapEnvSourceArgs(name=config.metadata.name)
            )
        ],
        resources=kubernetes.core.v1.ResourceRequirementsArgs(
            requests={"cpu": "100m", "memory": "128Mi"}
        ),
    )
    return kubernetes.apps.v1.DeploymentSpecArgs(
        replicas=2,
        selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels),
        template=kubernetes.core.v1.PodTemplateSpecArgs(
            metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=labels),
            spec=kubernetes.core.v1.PodSpecArgs(containers=[container]),
        ),
    )


def main() -> None:
    """Record as many resources as the first argument says; 2,000 without it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    layer = record_synthetic(count)
    plan = Plan(name="synthetic", environment="benchmark", target="none", layers=(layer,))
    sys.stdout.write(plan.to_json())
    skip_final_collection()


if __name__ == "__main__":
    main()
