"""Every example blueprint is valid, plans in every environment, and makes what it says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from statistics import median

import pytest

from stackwright.blueprint.reader import read
from stackwright.environment import check
from stackwright.plan.graph import Plan
from stackwright.plan.make import plan_environment

EXAMPLES = Path(__file__).parents[2] / "examples"

BUCKET, CLUSTER, POOL = (
    "aws:s3/bucket:Bucket",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
)
DATABASE, NAT = "aws:rds/instance:Instance", "aws:ec2/natGateway:NatGateway"
ENDPOINT, REPOSITORY = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ecr/repository:Repository"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
RELEASE, DEPLOYMENT = "kubernetes:helm.sh/v3:Release", "kubernetes:apps/v1:Deployment"
POSTGRES = "kubernetes:postgresql.cnpg.io/v1:Cluster"
RULES = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"

AWS = {BUCKET: 3, CLUSTER: 1, POOL: 2, DATABASE: 1}
AWS_PRODUCTION = {**AWS, REPOSITORY: 2, IDENTITY: 3, RELEASE: 6, DEPLOYMENT: 2, RULES: 1}
EXISTING = {RELEASE: 8, DEPLOYMENT: 1, POSTGRES: 1, RULES: 1}

MADE: dict[tuple[str, str], dict[str, int]] = {
    ("aws-starter", "dev"): {**AWS, IDENTITY: 2, NAT: 1, ENDPOINT: 1, RELEASE: 1, DEPLOYMENT: 1},
    ("aws-production", "dev"): {**AWS_PRODUCTION, NAT: 1, ENDPOINT: 1},
    ("aws-production", "staging"): {**AWS_PRODUCTION, NAT: 3, ENDPOINT: 12},
    ("aws-production", "prod"): {**AWS_PRODUCTION, NAT: 3, ENDPOINT: 12},
    ("existing-cluster", "dev"): EXISTING,
    ("existing-cluster", "prod"): EXISTING,
}
"""Example and environment -> how many resources there are of the types that matter."""

LAYERS = {
    "aws-starter": ["foundation", "platform"],
    "aws-production": ["foundation", "platform"],
    "existing-cluster": ["platform"],
}

TO_REPLACE = {
    "aws-starter": ["cluster.administrators", "target.account"],
    "aws-production": ["cluster.administrators", "serving.simple.image", "target.account"],
    "existing-cluster": ["cluster.context", "cluster.uid", "registry.url"],
}
"""Example values that each file marks, and no others."""

NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/blueprint.yaml"))

each = pytest.mark.parametrize("name", NAMES)
each_environment = pytest.mark.parametrize(("name", "environment"), MADE, ids=map("-".join, MADE))


@cache
def plan(name: str, environment: str) -> Plan:
    return plan_environment(EXAMPLES / name / "blueprint.yaml", environment)


def test_every_environment_of_every_example_is_planned_here() -> None:
    found = [(n, e) for n in NAMES for e in check(read(EXAMPLES / n / "blueprint.yaml"))]
    assert sorted(found) == sorted(MADE)


@each
def test_a_blueprint_is_short(name: str) -> None:
    text = (EXAMPLES / name / "blueprint.yaml").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 45
    assert max(map(len, text.splitlines())) <= 120


@each
def test_a_readme_says_what_the_example_is_for(name: str) -> None:
    text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    assert f"examples/{name}/blueprint.yaml" in text


@each_environment
def test_it_makes_what_it_says(name: str, environment: str) -> None:
    counts = plan(name, environment).counts()
    expected = MADE[name, environment]
    assert {type_: counts[type_] for type_ in expected} == expected
    assert [layer.name for layer in plan(name, environment).layers] == LAYERS[name]


@each_environment
def test_it_holds_the_example_values_that_it_marks_and_no_others(
    name: str, environment: str
) -> None:
    found = [item.path for item in plan(name, environment).assumptions if item.source == "example"]
    text = (EXAMPLES / name / "blueprint.yaml").read_text(encoding="utf-8")
    assert sorted(found) == TO_REPLACE[name]
    assert text.count("# EXAMPLE, write your own") == len(found)


@each_environment
def test_it_plans_without_a_warning(name: str, environment: str) -> None:
    assert [layer.warnings for layer in plan(name, environment).layers if layer.warnings] == []


@each_environment
def test_a_resource_waits_for_few_others(name: str, environment: str) -> None:
    counts = [len(resource.dependencies) for _, resource in plan(name, environment).resources()]
    assert median(counts) <= 6


@each_environment
def test_projects_can_rely_on_it(name: str, environment: str) -> None:
    wiring = plan(name, environment).wiring
    assert wiring["environment"] == environment
    assert {"storage", "tracking"} <= set(wiring["tools"])


def test_production_serves_models_in_two_ways() -> None:
    kinds = {tool.instance: tool.kind for tool in plan("aws-production", "prod").tools}
    assert (kinds["online"], kinds["simple"]) == ("kserve", "deployment")


def test_a_pipeline_pushes_to_a_repository_of_its_projects_name_that_is_made() -> None:
    made = plan("aws-production", "prod")
    inputs = {
        resource.name: resource.inputs for layer in made.layers for resource in layer.resources
    }
    repository = inputs["registry-churn-model"]["name"]
    assert repository == "acme-ml/prod/churn-model"
    assert f"repository/{repository}" in str(inputs["delivery-churn-model-push-policy"]["policy"])
