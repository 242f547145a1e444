"""The sample program: its plan without a blueprint, and a folder to deploy it from."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import yaml
from tests.engine.workspace import with_this_python

from stackwright.claims import Layer as LayerName
from stackwright.plan.graph import JsonValue, Layer, Plan
from stackwright.plan.recorder import record

SAMPLE = Path(__file__).with_name("sample")

STACK = "dev"


def sample_plan() -> Plan:
    """Return the plan of both layers of the sample program."""
    layers: list[Layer] = []
    foreign: dict[str, Mapping[str, JsonValue]] = {}
    for name in LayerName:
        main = SAMPLE / name / "__main__.py"
        project = f"sample-{name}"
        layer = record(
            partial(runpy.run_path, str(main), run_name="__main__"),
            layer=name,
            project=project,
            stack=STACK,
            root_directory=str(main.parent),
            foreign=foreign,
        )
        layers.append(layer)
        foreign[f"organization/{project}/{STACK}"] = layer.outputs
    return Plan(name="sample", environment=STACK, target="aws", layers=tuple(layers))


def copy_sample(folder: Path) -> None:
    """Write a copy of the sample that runs with the packages of this interpreter."""
    for name in LayerName:
        target = folder / "stacks" / name
        target.mkdir(parents=True)
        shutil.copy(SAMPLE / name / "__main__.py", target)
        text = (SAMPLE / name / "Pulumi.yaml").read_text(encoding="utf-8")
        project = with_this_python(yaml.safe_load(text))
        (target / "Pulumi.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
