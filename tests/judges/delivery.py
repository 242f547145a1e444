"""The Kubernetes manifests of a project that is wired to a platform, built by kustomize."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.judges.support import TEMPLATE, asked, stackwright
from tests.servers.programs import missing

IMAGE = "registry.example.com/acme/churn@sha256:" + "ab" * 32

MODES = ("InferenceService", "Deployment")

PACKAGE = re.compile(r'^packages = \["src/(.+)"\]$', re.MULTILINE)

KSERVE_FIELDS = frozenset(
    {"minReplicas", "maxReplicas", "scaleMetric", "scaleTarget", "timeout", "labels", "annotations"}
)
"""What KServe adds to the fields of a pod, of those that a project uses."""

SHARED_TOOLS = {
    "experiments": {
        "uri": "http://mlflow.acme-dev-tracking.svc:5000",
        "artifact_root": "s3://runs",
    },
    "monitoring": {
        "label": "kube-prometheus-stack",
        "prometheus_url": "http://prometheus.acme-dev-monitoring.svc:9090",
    },
}

STORE = {"data_url": "s3://acme-data", "artifacts_url": "s3://runs", "region": "eu-west-1"}

TOOLS: dict[str, dict[str, dict[str, str]]] = {
    "InferenceService": {
        "store": STORE,
        "pipelines": {"role_prefix": "arn:aws:iam::123456789012:role/acme-dev-ci-"},
    },
    "Deployment": {"store": {**STORE, "endpoint": "http://store.acme-dev-store.svc:8333"}},
}
"""A platform on AWS, and one whose object store is in its own cluster."""

CONTRACTS = {
    "experiments": "ExperimentTracker",
    "monitoring": "Monitoring",
    "online": "ModelServer",
    "pipelines": "Delivery",
    "store": "ObjectStore",
}


@dataclass(frozen=True)
class Delivered:
    """What one project delivers to one platform."""

    name: str
    mode: str
    documents: list[dict[str, Any]]


def delivered(project: Path, mode: str, folder: Path) -> Delivered:
    """Wire a copy of a project to a platform and return its manifests.

    Skips the test without the project's packages or kustomize.
    """
    python = Path(sys.prefix) / "projects" / TEMPLATE / "bin" / "python"
    if not python.is_file():
        missing(f"the environment of {TEMPLATE}")
    build = kustomize()
    copy = Path(shutil.copytree(project, folder / f"{project.name}-{mode}"))
    wire(copy, mode)
    found = PACKAGE.search((copy / "pyproject.toml").read_text(encoding="utf-8"))
    assert found
    command = [str(python), "-m", found[1], "-e", "dev", "manifests", "--image", IMAGE]
    said = asked([*command, "--format", "json"], copy, PYTHONPATH=str(copy / "src"))
    assert json.loads(said)["mode"] == mode
    text = asked([*build, str(copy / "build" / "manifests" / "dev")], copy)
    return Delivered(f"{project.name}-{mode}", mode, list(yaml.safe_load_all(text)))


def kustomize() -> list[str]:
    """Return the command that builds a kustomization; without it, skip the test."""
    if found := shutil.which("kustomize"):
        return [found, "build"]
    if found := shutil.which("kubectl"):
        return [found, "kustomize"]
    pytest.skip("neither kustomize nor kubectl is here")


def wire(project: Path, mode: str) -> None:
    """Wire a project to a platform that serves by this kind of object."""
    online = {"namespace": "acme-dev-serving", "service_account": "model", "mode": mode}
    tools = {**SHARED_TOOLS, **TOOLS[mode], "online": online}
    wiring = {
        "schema": "stackwright.wiring/v1",
        "platform": "acme",
        "environment": "dev",
        "target": "aws" if "pipelines" in tools else "existing-cluster",
        "profile": "development",
        "tools": tools,
        "contracts": {name: CONTRACTS[name] for name in tools},
    }
    outputs = project.with_name(f"{project.name}.json")
    outputs.write_text(json.dumps({"wiring": wiring}), encoding="utf-8")
    arguments = ["-e", "dev", "--from", str(outputs), "--project", str(project)]
    stackwright(project, "wire", *arguments)


def pods(documents: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the kind and the pod's specification of everything that runs; it may be changed."""
    for document in documents:
        spec = document.get("spec", {})
        match document["kind"]:
            case "CronJob":
                yield "CronJob", spec["jobTemplate"]["spec"]["template"]["spec"]
            case "Deployment":
                yield "Deployment", spec["template"]["spec"]
            case "InferenceService":
                yield "InferenceService", spec["predictor"]


def with_plain_pods(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the documents and, for each InferenceService, the pod that KServe makes of it.

    Judges know pods; they do not look into an InferenceService.
    """
    made = []
    for document in documents:
        if document["kind"] == "InferenceService":
            predictor = document["spec"]["predictor"]
            names = ("name", "namespace", "labels")
            labels = {name: document["metadata"].get(name) for name in names}
            spec = {key: value for key, value in predictor.items() if key not in KSERVE_FIELDS}
            made.append({"apiVersion": "v1", "kind": "Pod", "metadata": labels, "spec": spec})
    return [*documents, *made]
