"""What contracts promise is what tools give, and what templates use is promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stackwright.plan.graph import Plan
from stackwright.plan.make import plan_environment
from stackwright.wiring import CONTRACTS
from stackwright_cli.assets import asset_folder
from stackwright_cli.projects.template import find_template, template_names
from stackwright_cli.projects.wiring import missing_keys, pending_keys, wired
from stackwright_cli.projects.wiring_source import Offer, read_offer

TEMPLATES = asset_folder("templates")

GIVEN = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
cluster: {kind: existing, context: acme, uid: 1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e}
storage:
  kind: s3-compatible
  endpoint: https://s3.acme.example
  buckets: {data: acme-data, artifacts: acme-artifacts, logs: acme-logs}
  credentials:
    access_key_id: {from: kubernetes, namespace: vault, name: s3, key: id}
    secret_access_key: {from: kubernetes, namespace: vault, name: s3, key: secret}
registry: {kind: oci, url: registry.acme.example/acme}
"""

DELIVERED = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "123456789012"}
registry: {kind: ecr}
delivery: {kind: github-actions}
"""


def offer(plan: Plan, folder: Path) -> Offer:
    file = folder / "plan.json"
    file.write_text(plan.to_json(), encoding="utf-8")
    return read_offer(file, plan.environment)


def keys(plan: Plan) -> Iterator[str]:
    contracts = plan.wiring["contracts"]
    for instance, given in plan.wiring["tools"].items():
        yield from (f"{contracts[instance]}.{key}" for key in given)


def test_every_value_of_every_plan_is_one_that_a_project_takes(plan: Plan, tmp_path: Path) -> None:
    found = offer(plan, tmp_path)
    assert {name: set(values) for name, values in found.values.items()} == {
        name: set(values) for name, values in plan.wiring["tools"].items()
    }


def test_every_promised_key_is_given_by_some_tool(
    plan_of: Callable[[str], Plan], tmp_path: Path
) -> None:
    given = {*keys(plan_of("aws-production")), *keys(plan_of("existing-cluster-production"))}
    for text in (GIVEN, DELIVERED):
        (tmp_path / "blueprint.yaml").write_text(text, encoding="utf-8")
        given.update(keys(plan_environment(tmp_path / "blueprint.yaml")))
    promised = {f"{name}.{key}" for name, model in CONTRACTS.items() for key in model.model_fields}
    assert given == promised


@pytest.mark.parametrize("name", template_names(TEMPLATES))
def test_a_template_is_wired_to_a_platform_on_either_target(
    name: str, plan: Plan, tmp_path: Path
) -> None:
    needs = find_template(name, TEMPLATES).manifest.wiring
    use = {"ModelServer": "online"} if "online" in plan.wiring["tools"] else {}
    found = offer(plan, tmp_path)
    wiring = wired(found, "churn", needs, tmp_path, use if "ModelServer" in needs else {})
    assert needs
    assert missing_keys(wiring, needs) == []
    # The account of these blueprints is the example's, which stands for nobody's.
    assert set(pending_keys(wiring).values()) <= {"example value target.account of the blueprint"}
