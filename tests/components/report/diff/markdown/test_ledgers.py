from __future__ import annotations

from tests.components.report.diff.diffs import (
    DEPLOYMENT,
    change,
    diff,
    environment,
)

from stackwright.diff.model import MatrixRow
from stackwright.report.diff.markdown import markdown


def test_seventy_environments_share_the_cells_of_the_matrix() -> None:
    names = [f"team-{n}" for n in range(70)]
    row = MatrixRow("replicas", dict.fromkeys(names, 2), tuple(names), False)
    made = diff(*(environment(name, change(DEPLOYMENT, "api")) for name in names), matrix=[row])
    shown = markdown(made)
    assert "| Key | Values | Differs |" in shown
    assert "`team-0`, `team-1`, `team-2`, `team-3` and 66 more" in shown


def test_what_only_one_environment_has_is_said_above_the_matrix() -> None:
    row = MatrixRow("delivery.kind", {"prod": "github-actions"}, ("prod",), True)
    made = diff(environment("dev"), environment("prod", change(DEPLOYMENT, "api")), matrix=[row])
    assert "Only `prod` has `delivery.kind`." in markdown(made)
