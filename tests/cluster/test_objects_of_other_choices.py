"""A real API server takes what is registered for choices that no example makes, and runs it."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from tests.cluster.client import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.life import live, objects
from tests.components.test_custom_resources import BLUEPRINTS

from stackwright.plan.make import plan_environment


@pytest.mark.slow
@pytest.mark.parametrize("name", BLUEPRINTS)
def test_every_object_of_other_choices_lives_too(
    name: str,
    control_plane: ControlPlane,
    tmp_path: Path,
) -> None:
    blueprint = tmp_path / "blueprint.yaml"
    blueprint.write_text(BLUEPRINTS[name], encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = objects(plan_environment(blueprint))
    live(control_plane, [*others_namespaces(wanted), *wanted])


def others_namespaces(wanted: list[Object]) -> list[Object]:
    """Return the namespaces that somebody else has made, where secrets lie that are read."""
    own = {item["metadata"]["name"] for item in wanted if item["kind"] == "Namespace"}
    used = {item["metadata"]["namespace"] for item in wanted if "namespace" in item["metadata"]}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        for name in sorted(used - own)
    ]
