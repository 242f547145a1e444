from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from stackwright.aws.provider import aws_provider
from stackwright.plan.graph import Resource
from stackwright.plan.recorder import record
from stackwright.scope import Scope

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    assert aws.s3.Bucket.__name__ == "Bucket"  # loads at the first use and warns of its old names

OnAws: TypeAlias = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]


@pytest.fixture
def scope() -> Scope:
    return Scope(name="acme-ml", environment="prod", account="123456789012", region="eu-west-1")


@pytest.fixture
def on_aws(scope: Scope) -> OnAws:
    """Run a program with the environment's AWS provider; return what it made, by name."""

    def run(make: Callable[[pulumi.ResourceOptions], object]) -> Mapping[str, Resource]:
        def program() -> None:
            make(pulumi.ResourceOptions(providers=[aws_provider(scope)]))

        layer = record(
            program,
            layer="foundation",
            project="acme-ml-foundation",
            stack="prod",
            root_directory=str(Path(__file__).parent),
        )
        assert layer.warnings == ()
        return {resource.name: resource for resource in layer.resources if resource.custom}

    return run


@pytest.fixture
def in_cluster(scope: Scope) -> OnAws:
    """Run a program with a cluster's provider; return what it made, by name."""

    def run(make: Callable[[pulumi.ResourceOptions], object]) -> Mapping[str, Resource]:
        def program() -> None:
            provider = kubernetes.Provider("cluster", context="acme")
            make(pulumi.ResourceOptions(providers=[provider]))

        layer = record(
            program,
            layer="platform",
            project="acme-ml-platform",
            stack="prod",
            root_directory=str(Path(__file__).parent),
        )
        assert layer.warnings == ()
        return {resource.name: resource for resource in layer.resources if resource.custom}

    return run
