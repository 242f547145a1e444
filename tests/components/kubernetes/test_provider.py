from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest

from stackwright.kubernetes.provider import kubernetes_provider
from stackwright.plan.recorder import record


@pytest.mark.parametrize("way", [{"context": "acme"}, {"kubeconfig": "{}"}])
def test_a_provider_applies_on_the_server_and_changes_maps_in_place(way: dict[str, str]) -> None:
    def program() -> None:
        kubernetes_provider("cluster", "identifier", opts=pulumi.ResourceOptions(), **way)

    layer = record(
        program,
        layer="platform",
        project="acme-ml-platform",
        stack="prod",
        root_directory=str(Path(__file__).parent),
    )
    inputs: dict[str, Any] = dict(next(r for r in layer.resources if "providers" in r.type).inputs)
    mutable = {"enableConfigMapMutable", "enableSecretMutable"}
    switches = {"enableServerSideApply", "enablePatchForce", *mutable}
    assert {name: str(inputs[name]).lower() for name in switches} == dict.fromkeys(switches, "true")
    assert inputs["clusterIdentifier"] == "identifier"
    assert {key: inputs[key] for key in ("context", "kubeconfig") if key in inputs} == way
