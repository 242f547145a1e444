"""The kustomization of one environment: the bases of deploy/base, filled from the wiring."""

from __future__ import annotations

from typing import Any

from .. import PROJECT
from ..environment import Environment
from . import network
from .image import Image

WIRING_FILE = "wiring.json"
_WIRING_FOLDER = "/etc/wiring"
"""Where the manifests in deploy/base mount the wiring."""

_ACCOUNT_PATHS = {
    "Deployment": "/spec/template/spec/serviceAccountName",
    "InferenceService": "/spec/predictor/serviceAccountName",
}


def kustomization(
    environment: Environment, platform: str, image: Image, mode: str, resources: list[str]
) -> dict[str, Any]:
    """Return kustomization.yaml of an environment.

    Args:
        environment: Whose wiring fills it.
        platform: Name of the platform, which its namespaces are labelled with.
        image: What runs.
        mode: Kind of object that serves: `Deployment` or `InferenceService`.
        resources: Files and folders beside it that belong to it.
    """
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": environment.namespace,
        "resources": resources,
        "labels": [{"pairs": _labels(environment, platform), "includeTemplates": True}],
        "images": [{"name": "project", "newName": image.name, "digest": image.digest}],
        "configMapGenerator": [
            {"name": f"{PROJECT}-wiring", "files": [WIRING_FILE]},
            {"name": f"{PROJECT}-environment", "literals": _variables(environment)},
        ],
        "patches": [
            _account(mode, environment.service_account),
            _additions("service", "ingress", network.ingress(environment, platform)),
            _additions("outside", "egress", network.egress(environment, platform)),
        ],
    }


def dashboard(content: str, label: str) -> dict[str, Any]:
    """Return the ConfigMap that Grafana's side car takes a dashboard from."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": f"{PROJECT}-dashboard",
            "labels": {"grafana_dashboard": "1", "release": label},
        },
        "data": {f"{PROJECT}.json": content},
    }


def _labels(environment: Environment, platform: str) -> dict[str, str]:
    return {
        "app.kubernetes.io/name": PROJECT,
        "app.kubernetes.io/part-of": platform,
        "stackwright.dev/environment": environment.name,
    }


def _variables(environment: Environment) -> list[str]:
    """Return the environment of every container; clients of S3 and MLflow read the rest."""
    known = {
        "PROJECT_ENVIRONMENT": environment.name,
        "PROJECT_WIRING": f"{_WIRING_FOLDER}/{WIRING_FILE}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "AWS_DEFAULT_REGION": environment.region,
        "AWS_ENDPOINT_URL_S3": environment.object_store_endpoint,
        "MLFLOW_S3_ENDPOINT_URL": environment.object_store_endpoint,
    }
    return [f"{name}={value}" for name, value in sorted(known.items()) if value]


def _account(mode: str, account: str) -> dict[str, Any]:
    return _patch(mode, PROJECT, [{"op": "add", "path": _ACCOUNT_PATHS[mode], "value": account}])


def _additions(policy: str, direction: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    operations = [{"op": "add", "path": f"/spec/{direction}/-", "value": rule} for rule in rules]
    return _patch("NetworkPolicy", f"{PROJECT}-{policy}", operations)


def _patch(kind: str, name: str, operations: list[dict[str, Any]]) -> dict[str, Any]:
    import yaml

    patch = yaml.safe_dump(operations, sort_keys=False)
    return {"target": {"kind": kind, "name": name}, "patch": patch}
