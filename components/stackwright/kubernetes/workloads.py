"""What every stateless workload has around its Deployment: account, Service, disruption budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import Service, ServiceAccount
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.pods import placement, pod_security, scratch, spread_over_zones


def service_account(
    name: str,
    names: ObjectNames,
    account: str,
    *,
    opts: pulumi.ResourceOptions,
    secrets: tuple[str, ...] = (),
) -> ServiceAccount:
    """Make a service account whose token no pod is given.

    Args:
        name: Name that the resource's name begins with.
        names: Names and labels of the instance.
        account: Name of the account, which a cloud role is bound to.
        opts: Options of the resource.
        secrets: Secrets that tools find by the account.
    """
    return ServiceAccount(
        f"{name}-account",
        metadata=names.metadata(account),
        automount_service_account_token=False,
        secrets=[{"name": secret} for secret in secrets] or None,
        opts=opts,
    )


def deployment(
    name: str,
    names: ObjectNames,
    account: str,
    containers: Sequence[Any],
    *,
    opts: pulumi.ResourceOptions,
    init_containers: Sequence[Any] = (),
    replicas: int | None = None,
) -> Deployment:
    """Make the instance's Deployment: an ordinary user, spread over zones, `/tmp` to write in.

    Args:
        name: Name of the resource.
        names: Names and labels of the instance.
        account: Service account of the pods; they get no token of it.
        containers: What runs; `tmp` is a volume for temporary files.
        opts: Options of the resource.
        init_containers: What runs first, to its end.
        replicas: How many pods; None where an autoscaler decides.
    """
    settings = names.settings
    pod: Any = {
        "service_account_name": account,
        "automount_service_account_token": False,
        "security_context": pod_security(),
        "topology_spread_constraints": spread_over_zones(names.selector()),
        **({"init_containers": list(init_containers)} if init_containers else {}),
        "containers": list(containers),
        "volumes": [scratch()],
        **placement(settings),
    }
    marks: Any = {
        "labels": names.metadata(names.instance)["labels"],
        "annotations": settings.annotations,
    }
    spec: Any = {
        "selector": {"match_labels": names.selector()},
        "template": {"metadata": marks, "spec": pod},
    }
    if replicas is not None:
        spec["replicas"] = replicas
    return Deployment(name, metadata=names.metadata(names.instance), spec=spec, opts=opts)


def service(
    name: str, names: ObjectNames, port: int, *, opts: pulumi.ResourceOptions, target: str = "http"
) -> Service:
    """Make the instance's Service inside the cluster; its port is named `http`.

    Args:
        name: Name that the resource's name begins with.
        names: Names and labels of the instance.
        port: Port of the Service.
        opts: Options of the resource.
        target: Name of the container's port.
    """
    return Service(
        f"{name}-service",
        metadata=names.metadata(names.instance),
        spec={
            "type": "ClusterIP",
            "selector": names.selector(),
            "ports": [{"name": "http", "port": port, "target_port": target}],
        },
        opts=opts,
    )


def disruption_budget(
    name: str, names: ObjectNames, *, opts: pulumi.ResourceOptions
) -> PodDisruptionBudget:
    """Let nodes be emptied one pod of the instance at a time."""
    return PodDisruptionBudget(
        f"{name}-disruption-budget",
        metadata=names.metadata(names.instance),
        spec={"max_unavailable": 1, "selector": {"match_labels": names.selector()}},
        opts=opts,
    )


def probes(path: str, *, startup_seconds: int) -> dict[str, Any]:
    """Return the probes of a container that answers HTTP on its port `http`.

    Args:
        path: HTTP path that answers when the container is well.
        startup_seconds: How long the container may take to start.
    """
    probe = {"http_get": {"path": path, "port": "http"}}
    return {
        "readiness_probe": {**probe, "period_seconds": 10},
        "liveness_probe": {**probe, "period_seconds": 20, "failure_threshold": 6},
        "startup_probe": {**probe, "period_seconds": 5, "failure_threshold": startup_seconds // 5},
    }


def resources(cpu: str, memory: str, gpu: int = 0) -> dict[str, Any]:
    """Return what a container requests; memory and GPUs are its limits too.

    Args:
        cpu: Kubernetes quantity; there is no limit, so that idle time of the node can be used.
        memory: Kubernetes quantity.
        gpu: Whole NVIDIA GPUs.
    """
    devices = {"nvidia.com/gpu": str(gpu)} if gpu else {}
    return {
        "requests": {"cpu": cpu, "memory": memory, **devices},
        "limits": {"memory": memory, **devices},
    }
