"""A real API server takes what a project delivers to a platform, and real controllers run it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cluster.client import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.life import live
from tests.judges.delivery import MODES, delivered
from tests.judges.support import SETS, TEMPLATE, stackwright

NAMESPACE = "acme-dev-serving"

PLATFORM: list[Object] = [
    {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": NAMESPACE,
            "labels": {
                "pod-security.kubernetes.io/enforce": "restricted",
                "pod-security.kubernetes.io/warn": "restricted",
            },
        },
    },
    {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "model", "namespace": NAMESPACE},
    },
]
"""What the platform has made for its projects."""


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("answers", SETS, ids=lambda answers: answers.stem)
def test_every_object_that_a_project_delivers_lives(
    answers: Path,
    mode: str,
    control_plane: ControlPlane,
    tmp_path: Path,
) -> None:
    control_plane.run_pods()
    project = tmp_path / answers.stem
    stackwright(tmp_path, "new", TEMPLATE, str(project), "--answers", str(answers))
    documents = [item for item in delivered(project, mode, tmp_path).documents if runs(item, mode)]
    live(control_plane, [*PLATFORM, *documents])


def runs(item: Object, mode: str) -> bool:
    """Return whether an object can become ready here, where KServe is not, whose pods it counts."""
    return mode != "InferenceService" or item["kind"] != "PodDisruptionBudget"
