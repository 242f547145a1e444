"""A tool is called by what it is to people who build models."""

from __future__ import annotations

import pytest

from stackwright import catalog
from stackwright.diff.roles import ROLES, role, roles
from stackwright.plan.graph import Plan, Tool


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


def test_a_tool_that_another_one_takes_over_is_called_by_both() -> None:
    def side(title: str) -> Plan:
        tool = Tool("online", "serving", "any", title, ())
        return Plan("acme", "dev", "aws", (), tools=(tool,))

    assert roles(side("KServe"), side("KServe")) == {"online": "model server (KServe)"}
    assert roles(side("KServe"), side("Ray Serve")) == {
        "online": "model server (KServe), then model server (Ray Serve)"
    }
    assert roles(None, side("KServe")) == roles(side("KServe"), None)
