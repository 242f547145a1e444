"""A wired project: the repository's manifests, and the wiring of one environment."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.environment import open_environment
from {= cookiecutter.package_name =}.project import Project

REPOSITORY = Path(__file__).resolve().parents[2]

DIGEST = "sha256:" + "ab" * 32
IMAGE = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/dev/it@{DIGEST}"

VALUES = {
    "Delivery.role_prefix": "arn:aws:iam::123456789012:role/acme-dev-ci-",
    "ExperimentTracker.uri": "http://tracking.acme-dev-tracking.svc:5000",
    "ImageRegistry.url": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/dev",
    "ModelServer.mode": "InferenceService",
    "ModelServer.namespace": "acme-dev-serving",
    "ModelServer.service_account": "model",
    "Monitoring.label": "kube-prometheus-stack",
    "Monitoring.prometheus_url": "http://prometheus.acme-dev-monitoring.svc:9090",
    "ObjectStore.data_url": "s3://acme-dev-data",
    "ObjectStore.endpoint": "http://store.acme-dev-store.svc:8333",
    "ObjectStore.region": "eu-central-1",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose environment `dev` is wired."""
    shutil.copyfile(REPOSITORY / "pyproject.toml", tmp_path / "pyproject.toml")
    shutil.copytree(REPOSITORY / "tests" / "configuration", tmp_path / "configuration")
    shutil.copytree(REPOSITORY / "monitoring", tmp_path / "monitoring")
    shutil.copytree(REPOSITORY / "deploy" / "base", tmp_path / "deploy" / "base")
    wire(tmp_path)
    return tmp_path


def wire(
    root: Path,
    *,
    without: tuple[str, ...] = (),
    pending: tuple[str, ...] = (),
    other: Mapping[str, str] | None = None,
) -> None:
    """Write the wiring of `dev`, with some keys left out, not yet known, or different."""
    values: dict[str, Any] = {
        key: {"state": "known", "value": value}
        for key, value in (VALUES | dict(other or {})).items()
        if key not in without
    }
    for key in pending:
        values[key] = {"state": "pending", "from": f"platform output {key}"}
    wiring = {
        "schema": "stackwright.project-wiring/v1",
        "platform": "acme",
        "environment": "dev",
        "project": PROJECT,
        "production": False,
        "values": values,
    }
    file = root / "wiring" / "dev.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(wiring), encoding="utf-8")


def wired(root: Path) -> Project:
    """Open the project in its environment `dev`."""
    return Project(root, open_environment("dev", root))
