from __future__ import annotations

from dataclasses import replace

from tests.components.report.diff.diffs import DEPLOYMENT, cause, change, diff, environment

from stackwright.diff.changes import Action
from stackwright.diff.model import Presence
from stackwright.report.diff.causes import Causes, Effects


def test_what_all_tools_share_causes_what_no_line_of_a_tool_does() -> None:
    shared, own = cause("profile", 1, 2, "", 1), cause("tracking.replicas", 1, 2, "tracking", 2)
    other = cause("tracking.replicas", 1, 2, "tracking", 3, "dev")
    found = Causes(diff(environment("prod"), causes=[shared, own, other]))
    assert found.of("prod", "tracking") == [own]
    assert found.of("prod", "database") == [shared]
    assert found.of("staging", "database") == []


def test_what_follows_from_a_line_is_what_its_tool_sees_where_it_reaches() -> None:
    made = diff(environment("dev", change(DEPLOYMENT, "api")), environment("prod"))
    line = cause("tracking.replicas", 1, 2, "tracking", 3, "dev", "prod")
    assert Effects(made).of(line) == {Action.UPDATE: 1}
    assert Effects(made).of(replace(line, environments=("prod",))) == {}
    assert not Effects(made).is_whole(line)


def test_from_an_environment_that_is_new_all_of_it_follows() -> None:
    new = replace(environment("dev", change(DEPLOYMENT, "api")), presence=Presence.ADDED)
    line = cause("environments.dev", None, {}, "", 3, "dev")
    assert Effects(diff(new)).is_whole(line)
    assert Effects(diff(new)).of(line) == {Action.UPDATE: 1}
