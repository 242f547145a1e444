from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.cluster.existing.component import ExistingCluster
from stackwright.cluster.existing.settings import ExistingClusterSettings
from stackwright.environment import load_environment
from stackwright.errors import BlueprintError
from stackwright.plan.graph import Resource
from stackwright.plan.recorder import record
from stackwright.scope import Scope

UID = "0b7f3f6e-5a60-4a0e-9e0e-0123456789ab"

HEADER = """
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
environments: {prod: {}}
"""


def made(scope: Scope, **settings: Any) -> tuple[Mapping[str, Resource], dict[str, Any]]:
    """Return the resources of a program with the component, and what it binds."""
    seen: dict[str, Any] = {}

    def program() -> None:
        args: Any = {"scope": scope, "settings": {"context": "acme", "uid": UID, **settings}}
        cluster = ExistingCluster("cluster", args)
        seen.update(cluster.binding("tracking-cluster"))
        pulumi.export("provider", cluster.cluster_provider.urn)

    layer = record(
        program,
        layer="platform",
        project="acme-ml-platform",
        stack="prod",
        root_directory=str(Path(__file__).parent),
    )
    return {resource.name: resource for resource in layer.resources if resource.custom}, seen


def test_it_makes_a_provider_and_nothing_in_the_cluster(scope: Scope) -> None:
    resources, _ = made(scope)
    assert [(name, found.type) for name, found in resources.items()] == [
        ("cluster-provider", "pulumi:providers:kubernetes")
    ]


def test_the_cluster_is_told_by_its_uid_and_reached_by_its_context(scope: Scope) -> None:
    inputs = made(scope)[0]["cluster-provider"].inputs
    assert (inputs["clusterIdentifier"], inputs["context"]) == (UID, "acme")
    assert "kubeconfig" not in inputs


def test_another_context_of_the_same_cluster_is_the_same_provider(scope: Scope) -> None:
    before = made(scope)[0]["cluster-provider"]
    after = made(scope, context="acme-by-vpn")[0]["cluster-provider"]
    assert after.urn == before.urn
    assert after.inputs["clusterIdentifier"] == before.inputs["clusterIdentifier"]


def test_the_storage_class_is_the_clusters_own_unless_it_is_named(scope: Scope) -> None:
    assert "storage_class" not in made(scope)[1]
    assert made(scope, storage_class="encrypted")[1] == {
        "cluster_name": "acme",
        "cluster_identifier": UID,
        "context": "acme",
        "storage_class": "encrypted",
    }


def test_a_blueprint_without_a_cluster_is_told_to_add_one(tmp_path: Path) -> None:
    path = tmp_path / "blueprint.yaml"
    path.write_text(HEADER + "certificates: {kind: cert-manager}\n", encoding="utf-8")
    with pytest.raises(BlueprintError, match=r"needs cluster.*Add `cluster:` with kind existing"):
        load_environment(path)


@pytest.mark.parametrize(
    "settings",
    [
        {"context": "acme"},
        {"uid": UID},
        {"context": "", "uid": UID},
        {"context": "acme prod", "uid": UID},
        {"context": "--kubeconfig=x", "uid": UID},
        {"context": "acme", "uid": UID.upper()},
        {"context": "acme", "uid": UID[:-1]},
        {"context": "acme", "uid": UID, "storage_class": "Fast"},
    ],
)
def test_settings_that_name_no_cluster_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ExistingClusterSettings.model_validate_json(json.dumps({"kind": "existing", **settings}))


@pytest.mark.parametrize(
    "context",
    ["arn:aws:eks:eu-west-1:123456789012:cluster/acme", "gke_acme_europe-west1_ml", "me@acme"],
)
def test_contexts_that_providers_write_are_allowed(context: str) -> None:
    text = json.dumps({"kind": "existing", "context": context, "uid": UID})
    assert ExistingClusterSettings.model_validate_json(text).context == context
