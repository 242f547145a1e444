"""A tool is called by what it is to people who build models."""

from __future__ import annotations

import pytest

from stackwright import catalog
from stackwright.diff.roles import ROLES, role
from stackwright.plan.graph import Tool


@pytest.mark.parametrize(
    ("capability", "title", "said"),
    [
        ("tracking", "MLflow", "tracking server (MLflow)"),
        ("serving", "Model server (Deployment)", "model server (Deployment)"),
        ("vector-search", "Qdrant", "vector search (Qdrant)"),
    ],
)
def test_a_tool_is_called_by_its_role_and_its_title(capability: str, title: str, said: str) -> None:
    assert role(Tool(capability, capability, "any", title, ())) == said


def test_every_capability_of_ours_has_a_role() -> None:
    assert set(catalog.capabilities()) <= set(ROLES)
