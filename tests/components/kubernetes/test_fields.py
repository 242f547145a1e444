from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from stackwright.kubernetes.fields import Cpu, HostName, Image, Memory

IMAGE: TypeAdapter[str] = TypeAdapter(Image)
CPU: TypeAdapter[str] = TypeAdapter(Cpu)
MEMORY: TypeAdapter[str] = TypeAdapter(Memory)
HOST: TypeAdapter[str] = TypeAdapter(HostName)
DIGEST = "@sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("adapter", "text"),
    [
        (IMAGE, "ghcr.io/mlflow/mlflow:v3.15.1-full"),
        (IMAGE, f"ghcr.io/acme/model{DIGEST}"),
        (IMAGE, f"ghcr.io/acme/model:v1{DIGEST}"),
        (IMAGE, "registry.example.com:5000/team/a_b/model:2026-11-21"),
        (IMAGE, "localhost:5000/model:v1"),
        (IMAGE, "111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/prod/model:v1"),
        (CPU, "500m"),
        (CPU, "2"),
        (MEMORY, "512Mi"),
        (MEMORY, "64Gi"),
        (HOST, "mlflow.example.com"),
        (HOST, "mlflow"),
        (HOST, "mlflow.example.com:8443"),
    ],
)
def test_what_a_cluster_takes_is_accepted(adapter: TypeAdapter[str], text: str) -> None:
    assert adapter.validate_python(text) == text


@pytest.mark.parametrize(
    ("adapter", "text"),
    [
        (IMAGE, "mlflow"),
        (IMAGE, "mlflow/mlflow:v1"),
        (IMAGE, "ghcr.io/mlflow/mlflow"),
        (IMAGE, "ghcr.io/mlflow/mlflow:latest"),
        (IMAGE, "ghcr.io/mlflow/mlflow@sha256:abc"),
        (IMAGE, "https://ghcr.io/mlflow/mlflow:v1"),
        (IMAGE, "ghcr.io/Acme/model:v1"),
        (IMAGE, "ghcr.io/acme/model:v1\n"),
        (CPU, "0"),
        (CPU, "0m"),
        (CPU, "-1"),
        (CPU, "two"),
        (CPU, "٢"),
        (MEMORY, "0Gi"),
        (MEMORY, "4 GB"),
        (MEMORY, "1024"),
        (HOST, "*"),
        (HOST, "*.example.com"),
        (HOST, "https://mlflow.example.com"),
        (HOST, "mlflow_1"),
        (HOST, "-mlflow"),
    ],
)
def test_all_else_is_refused(adapter: TypeAdapter[str], text: str) -> None:
    with pytest.raises(ValidationError):
        adapter.validate_python(text)
