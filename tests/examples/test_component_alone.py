from __future__ import annotations

import runpy
import warnings
from collections.abc import Mapping
from pathlib import Path

from stackwright.plan.graph import Layer, Resource
from stackwright.plan.recorder import record

EXAMPLES = Path(__file__).parents[2] / "examples" / "component-alone"


def recorded(name: str) -> Layer:
    folder = EXAMPLES / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return record(
            lambda: runpy.run_path(str(folder / "__main__.py"), run_name="__main__"),
            layer="program",
            project=f"component-alone-{name}",
            stack="dev",
            root_directory=str(folder),
        )


def by_name(layer: Layer) -> Mapping[str, Resource]:
    return {resource.name: resource for resource in layer.resources if resource.custom}


def test_the_s3_component_works_without_a_blueprint() -> None:
    layer = recorded("s3")
    resources = by_name(layer)
    names = {r.inputs["bucket"] for r in resources.values() if r.type.endswith(":Bucket")}
    assert names == {
        f"acme-ml-dev-storage-{purpose}-123456789012" for purpose in ("data", "artifacts", "logs")
    }
    assert layer.outputs["training"]["url"].endswith("/training")
    assert layer.warnings == ()


def test_the_mlflow_component_works_on_a_given_database() -> None:
    layer = recorded("mlflow")
    resources = by_name(layer)
    secret = resources["tracking-backend"].inputs["spec"]
    assert secret["target"]["template"]["data"] == {
        "MLFLOW_BACKEND_STORE_URI": "postgresql+psycopg2://mlflow:{{ .password }}"
        "@postgres.example.com:5432/mlflow?sslmode=verify-full"
    }
    assert resources["tracking"].inputs["spec"]["replicas"] == 2
    assert layer.warnings == ()


def test_every_resource_of_the_programs_has_an_explicit_provider() -> None:
    for name in ("s3", "mlflow"):
        for resource in recorded(name).resources:
            if resource.custom and not resource.type.startswith("pulumi:"):
                assert resource.provider, resource.urn
