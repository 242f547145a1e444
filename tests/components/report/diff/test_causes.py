from __future__ import annotations

from tests.components.report.diff.diffs import cause, diff, environment

from stackwright.report.diff.causes import Causes


def test_what_all_tools_share_causes_what_no_line_of_a_tool_does() -> None:
    shared, own = cause("profile", 1, 2, "", 1), cause("tracking.replicas", 1, 2, "tracking", 2)
    other = cause("tracking.replicas", 1, 2, "tracking", 3, "dev")
    found = Causes(diff(environment("prod"), causes=[shared, own, other]))
    assert found.of("prod", "tracking") == [own]
    assert found.of("prod", "database") == [shared]
    assert found.of("staging", "database") == []
