"""Blueprints of both targets and both profiles, planned once for all rules about tools."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import pytest
from _pytest.tmpdir import TempPathFactory

from stackwright.plan.graph import Plan
from stackwright.program import Platform

T = TypeVar("T")

AWS = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "123456789012"}
profile: PROFILE
network: {kind: vpc, cidr: 10.20.0.0/16, zones: [eu-west-1a, eu-west-1b, eu-west-1c]}
cluster:
  kind: eks
  version: "1.35"
  access: {endpoint: private, via: vpn}
  administrators: ["arn:aws:iam::123456789012:role/platform-deploy"]
storage: {kind: s3}
registry: {kind: ecr}
tracking: {kind: mlflow}
serving:
  online: {kind: kserve}
  simple:
    kind: deployment
    image: registry.example.com/acme/churn:1
    metrics_path: /metrics
    model_path: tracking-artifacts/churn
monitoring: {kind: kube-prometheus-stack}
"""

EXISTING_CLUSTER = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
profile: PROFILE
cluster: {kind: existing, context: acme, uid: 1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e}
tracking: {kind: mlflow}
serving: {kind: kserve}
monitoring: {kind: kube-prometheus-stack}
"""

CASES = {
    f"{target}-{profile}": text.replace("PROFILE", profile)
    for target, text in (("aws", AWS), ("existing-cluster", EXISTING_CLUSTER))
    for profile in ("production", "development")
}


@pytest.fixture(scope="session")
def plan_of(tmp_path_factory: TempPathFactory) -> Callable[[str], Plan]:
    """Return the plan of a case by its name; each is made once."""

    @cache
    def made(case: str) -> Plan:
        from stackwright.plan.make import plan_environment

        path = tmp_path_factory.mktemp(case) / "blueprint.yaml"
        path.write_text(CASES[case], encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return plan_environment(path)

    return made


@pytest.fixture(params=sorted(CASES))
def plan(request: pytest.FixtureRequest, plan_of: Callable[[str], Plan]) -> Plan:
    """The plan of each case in turn."""
    return plan_of(request.param)


@pytest.fixture(scope="session")
def seen_in_foundation(
    tmp_path_factory: TempPathFactory,
) -> Callable[[str, Callable[[Platform], T]], T]:
    """Return what a function sees in the foundation of a case, while its program still runs."""

    def seen(case: str, look: Callable[[Platform], T]) -> T:
        from stackwright.environment import load_environment
        from stackwright.plan.recorder import record
        from stackwright.program import build, planned_environment

        path = tmp_path_factory.mktemp(case) / "blueprint.yaml"
        path.write_text(CASES[case], encoding="utf-8")
        found: list[T] = []
        token = planned_environment.set(load_environment(path))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                record(
                    lambda: found.append(look(build("foundation"))),
                    layer="foundation",
                    project="acme-ml-foundation",
                    stack="dev",
                    root_directory=str(path.parent),
                )
        finally:
            planned_environment.reset(token)
        return found[0]

    return seen
