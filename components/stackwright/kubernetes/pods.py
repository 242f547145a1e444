"""Pods that pass the Pod Security Standard `restricted`, and where they run."""

from __future__ import annotations

from typing import Any

from stackwright.tool import KubernetesToolSettings

USER_ID = 10001
"""Above every system user, so it is nobody on the node (Kubernetes baseline rule K8S-09)."""


def pod_security(user_id: int = USER_ID) -> Any:
    """Return the security context of a pod: an ordinary user, default seccomp profile."""
    return {
        "run_as_non_root": True,
        "run_as_user": user_id,
        "run_as_group": user_id,
        "fs_group": user_id,
        "seccomp_profile": {"type": "RuntimeDefault"},
    }


def container_security() -> Any:
    """Return the security context of a container: no capability, read-only root."""
    return {
        "allow_privilege_escalation": False,
        "read_only_root_filesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def placement(settings: KubernetesToolSettings) -> Any:
    """Return the fields of a pod that say which nodes it runs on."""
    scheduling = settings.scheduling
    fields: dict[str, Any] = {}
    if scheduling.node_selector:
        fields["node_selector"] = dict(scheduling.node_selector)
    if scheduling.tolerations:
        fields["tolerations"] = [
            toleration.model_dump(mode="json", exclude_defaults=True)
            for toleration in scheduling.tolerations
        ]
    if scheduling.priority_class:
        fields["priority_class_name"] = scheduling.priority_class
    return fields


def spread_over_zones(selector: dict[str, str]) -> Any:
    """Return the constraint that spreads replicas over zones as far as zones allow."""
    return [
        {
            "max_skew": 1,
            "topology_key": "topology.kubernetes.io/zone",
            "when_unsatisfiable": "ScheduleAnyway",
            "label_selector": {"match_labels": selector},
        }
    ]


def scratch(size: str = "1Gi") -> Any:
    """Return a volume for temporary files; `size` is a Kubernetes quantity."""
    return {"name": "tmp", "empty_dir": {"size_limit": size}}
