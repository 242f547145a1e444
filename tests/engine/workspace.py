"""A folder to deploy from: a copy of an example, with the values that only a user knows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stackwright.blueprint.reader import read
from stackwright.claims import Layer
from stackwright.environment import check
from stackwright.naming import BLUEPRINT_FILE

ROOT = Path(__file__).parents[2]

EXAMPLES = ROOT / "examples"

CONTEXT = "cluster-of-the-test"
"""Context of the kubeconfig that the deployment of an existing cluster uses."""

OWN_VALUES: Mapping[str, str] = {
    "123456789012": "210987654321",
    "registry.example.com": "registry.acme.test",
    "my-cluster": CONTEXT,
    "1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e": "8f1c9e63-2b7a-4c58-9d0e-5a4b3c2d1e0f",
}
"""Example value -> what stands in its place in the copy."""


def environments() -> list[tuple[str, str]]:
    """Return every example with each of its environments."""
    blueprints = sorted(EXAMPLES.glob(f"*/{BLUEPRINT_FILE}"))
    return [(path.parent.name, name) for path in blueprints for name in check(read(path))]


def copy_example(example: str, folder: Path, mirror: str) -> Path:
    """Write a copy of an example with its two programs; return its blueprint.

    Args:
        example: Name of the folder in `examples`.
        folder: Where the copy is made; it is there and empty.
        mirror: Address that charts come from.
    """
    text = (EXAMPLES / example / BLUEPRINT_FILE).read_text(encoding="utf-8")
    for value, own in OWN_VALUES.items():
        text = text.replace(value, own)
    blueprint = folder / BLUEPRINT_FILE
    blueprint.write_text(f"{text}mirrors: {{charts: '{mirror}'}}\n", encoding="utf-8")
    name = yaml.safe_load(text)["name"]
    for layer in Layer:
        _copy_program(ROOT / "stacks" / layer, folder / "stacks" / layer, name)
    return blueprint


def _copy_program(source: Path, target: Path, name: str) -> None:
    target.mkdir(parents=True)
    shutil.copy(source / "__main__.py", target)
    text = (source / "Pulumi.yaml").read_text(encoding="utf-8").replace("PLATFORM", name)
    project = with_this_python(yaml.safe_load(text))
    (target / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False), encoding="utf-8")


def with_this_python(project: Mapping[str, Any]) -> dict[str, Any]:
    """Return a project file that runs its program with the packages of this interpreter."""
    in_environment = sys.prefix != sys.base_prefix
    options = {"virtualenv": sys.prefix} if in_environment else {}
    return {**project, "runtime": {"name": "python", "options": options}}
