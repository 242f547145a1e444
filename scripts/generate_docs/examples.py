"""The examples' plans, made once for all that the docs show of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from stackwright.diff.compare import compare
from stackwright.diff.model import EnvironmentDiff
from stackwright.plan.graph import Plan
from stackwright.plan.make import plan_environment

ENVIRONMENTS = {"aws-starter": "dev", "aws-production": "prod", "existing-cluster": "prod"}
"""Example -> its environment that is shown."""

_EDIT = (
    "tracking: {kind: mlflow}",
    """tracking: {kind: mlflow, replicas: 2}
serving: {kind: kserve}
network: {kind: vpc, cidr: 10.30.0.0/16}""",
)
"""What the diff that is shown changes in `aws-starter`: a line, and what stands in its place."""

_SAMPLE = "aws:kms/alias:Alias"
"""Type of the resource that shows what a plan holds: short, and with a symbol."""

_SHOWN = ("urn", "type", "name", "tool", "parent", "inputs", "dependencies")


@cache
def plans(root: Path) -> Mapping[str, Plan]:
    """Return the plan of each example by its name.

    Args:
        root: The repository.
    """
    return {
        name: plan_environment(root / "examples" / name / "blueprint.yaml", environment)
        for name, environment in ENVIRONMENTS.items()
    }


@cache
def edited(root: Path) -> EnvironmentDiff:
    """Return what an edit of `aws-starter` would change.

    Args:
        root: The repository.

    Raises:
        ValueError: The line to edit is not in the example.
    """
    name = "aws-starter"
    text = (root / "examples" / name / "blueprint.yaml").read_text(encoding="utf-8")
    if _EDIT[0] not in text:
        raise ValueError(f"examples/{name}/blueprint.yaml has no line {_EDIT[0]!r}")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "blueprint.yaml"
        file.write_text(text.replace(*_EDIT), encoding="utf-8")
        return compare(plans(root)[name], plan_environment(file, ENVIRONMENTS[name]))


def sample(plan: Plan) -> str:
    """Return the JSON of one resource of a plan, shortened, as a block of a page."""
    resources = json.loads(plan.to_json())["layers"][0]["resources"]
    found = next(resource for resource in resources if resource["type"] == _SAMPLE)
    shown = {key: found[key] for key in _SHOWN}
    shown["options"] = {"protect": found["options"]["protect"]}
    return f"```json\n{json.dumps(shown, indent=2)}\n```"
