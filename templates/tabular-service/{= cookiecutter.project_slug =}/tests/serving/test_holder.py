from typing import Any

import pytest

from {= cookiecutter.package_name =}.serving.holder import Holder, State


@pytest.fixture
def holder(versions: Any) -> Holder:
    return Holder(versions, poll_seconds=0.0)


def test_nothing_is_held_before_the_first_look(holder: Holder) -> None:
    assert holder.state == State(None, "no model is loaded yet", None)


def test_the_champion_is_loaded_once(holder: Holder, versions: Any) -> None:
    for _ in range(3):
        holder.check()
    assert holder.state.held is not None
    assert holder.state.held.version == 1
    assert versions.loads == [1]


def test_a_refused_champion_at_the_start_is_not_held(holder: Holder, versions: Any) -> None:
    versions.number = 13
    holder.check()
    reason = "version 13 is refused: model.skops is not the file that was registered"
    assert holder.state == State(None, reason, 13)


def test_a_refused_champion_is_tried_again_ever_more_slowly(versions: Any) -> None:
    versions.number = 13
    holder = Holder(versions, poll_seconds=30.0)
    for _ in range(5):
        holder.check()
    assert versions.loads == [13]


def test_a_mended_champion_is_held(holder: Holder, versions: Any) -> None:
    versions.number = 13
    holder.check()
    versions.number = 2
    holder.check()
    assert holder.state.held is not None
    assert holder.state.held.version == 2
    assert holder.state.problem is None


def test_a_refused_new_champion_leaves_the_old_one(holder: Holder, versions: Any) -> None:
    holder.check()
    versions.number = 13
    holder.check()
    assert holder.state.held is not None
    assert holder.state.held.version == 1
    assert holder.state.refused == 13


def test_a_withdrawn_champion_is_let_go(holder: Holder, versions: Any) -> None:
    holder.check()
    versions.number = None
    holder.check()
    assert holder.state.held is None
    assert "no champion" in str(holder.state.problem)


def test_each_change_is_told_once(holder: Holder, versions: Any) -> None:
    told: list[State] = []
    holder.on_change = told.append
    for number in (1, 1, 13, 13, 2, None, None):
        versions.number = number
        holder.check()
    assert [(state.held and state.held.version, state.refused) for state in told] == [
        (1, None),
        (1, 13),
        (2, None),
        (None, None),
    ]
