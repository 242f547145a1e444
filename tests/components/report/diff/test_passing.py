from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.diffs import ROLE_POLICY, change, environment

from stackwright.diff.changes import Action
from stackwright.diff.findings import AccessChange, Direction
from stackwright.report.diff.passing import deleted, goes

GONE = change(ROLE_POLICY, "reader", Action.DELETE)
ENDED = AccessChange(GONE.urn, "platform", "", "role", Direction.NARROWER, "It may not.")


def test_access_goes_with_what_is_deleted_unless_that_widens_it() -> None:
    gone = deleted(environment("prod", GONE))
    assert goes(ENDED, gone)
    assert not goes(replace(ENDED, direction=Direction.WIDER), gone)
    assert not goes(ENDED, deleted(environment("prod", change(ROLE_POLICY, "reader"))))
