"""Tests of one run of the engine and what became of it, on a stub of the engine."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from tests.engine_stub.bench import CANARY, Bench, bench
from tests.engine_stub.control import Drift, Effect, Fault
from tests.engine_stub.points import Moment
from tests.engine_stub.stub import generated

from stackwright.engine.events import Event, Operation, as_json
from stackwright.engine.operations import Action, Outcome

PREVIEWS = (Action.PREVIEW, Action.PREVIEW_REFRESH, Action.PREVIEW_DESTROY)
CHANGING = (Action.UP, Action.REFRESH, Action.DESTROY)


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A project on the stub engine."""
    return bench(tmp_path, monkeypatch)


def command_of(action: Action) -> str:
    """Return the CLI command that an action runs."""
    return action.value.removeprefix("preview-")


def only_message(outcome: Outcome) -> str:
    """Return why a run failed."""
    assert outcome.failure is not None
    return str(outcome.failure)


def test_an_environment_lives_from_preview_to_destroy(ready: Bench) -> None:
    layer = ready.layer()
    found = {action: ready.run(action, layer) for action in (Action.PREVIEW, Action.UP)}
    again = ready.run(Action.PREVIEW, layer)
    gone = ready.run(Action.DESTROY, layer)

    assert found[Action.PREVIEW].counts == {"create": 6}
    assert found[Action.UP].counts == {"create": 6}
    assert again.changes.real == ()
    assert gone.counts == {"delete": 6}
    assert ready.stub.cloud.alive() == {}


def test_a_preview_changes_nothing(ready: Bench) -> None:
    ready.run(Action.PREVIEW)
    before = ready.state_file.read_bytes()

    for action in PREVIEWS:
        assert ready.run(action).succeeded

    assert ready.state_file.read_bytes() == before
    assert ready.stub.cloud.alive() == {}


def test_drift_is_found_without_touching_the_state(ready: Bench) -> None:
    ready.run(Action.UP)
    ready.stub.plan(drifts=(Drift("*thing-1", {"number": 9}), Drift("*thing-2", gone=True)))
    before = ready.state_file.read_bytes()

    outcome = ready.run(Action.PREVIEW_REFRESH)

    assert {change.name: change.operation for change in outcome.changes.real} == {
        "thing-1": Operation.UPDATE,
        "thing-2": Operation.DELETE,
    }
    assert ready.state_file.read_bytes() == before


def test_a_changed_input_replaces_what_it_must(ready: Bench) -> None:
    ready.run(Action.UP)
    ready.stub.plan(generated(3, kind="other"))

    outcome = ready.run(Action.UP)

    (change,) = outcome.changes.real
    assert (change.name, change.operation) == ("thing-1", Operation.REPLACE)
    assert change.replaced_for == ("kind",)
    assert len(ready.stub.cloud.alive()) == 4


@pytest.mark.parametrize("action", Action)
def test_an_engine_that_exits_0_and_has_said_nothing_has_failed(
    action: Action, ready: Bench
) -> None:
    ready.run(Action.UP)
    ready.stub.plan(faults=(Fault(Effect.EXIT, command_of(action)),))

    outcome = ready.run(action)

    assert not outcome.succeeded
    assert only_message(outcome).startswith("the engine ended without saying what it did.")
    assert outcome.unknown


@pytest.mark.parametrize("action", CHANGING)
def test_an_engine_that_exits_0_half_way_has_failed(action: Action, ready: Bench) -> None:
    ready.run(Action.UP)
    ready.stub.plan(
        generated(4),
        (Fault(Effect.EXIT, command_of(action), moment=Moment.SUMMED),),
    )

    outcome = ready.run(action)

    assert outcome.failure is not None
    assert outcome.failure.recover
    assert outcome.counts is None
    assert len(outcome.changes.every) >= 5
    assert ready.locks


@pytest.mark.parametrize(
    "message",
    ["no json", "[]", "{}", '{"resourcePreEvent": {"metadata": {"op": "unheard-of"}}}', "\0"],
)
def test_an_event_that_is_not_understood_is_said_and_not_shown(message: str, ready: Bench) -> None:
    raw = Fault(Effect.RAW_EVENT, "preview", moment=Moment.STARTED, message=message)
    ready.stub.plan(faults=(raw,))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outcome = ready.run(Action.PREVIEW)

    if message == "{}":
        assert outcome.succeeded
    else:
        assert "told 1 things that this version of Stackwright does not" in only_message(outcome)


def test_a_provider_that_refuses_is_quoted_with_the_name_of_the_resource(ready: Bench) -> None:
    refusal = "ThrottlingException: Rate exceeded, StatusCode: 429"
    fault = Fault(Effect.FAIL, moment=Moment.INTENDED, urn="*thing-2", message=refusal)
    ready.stub.plan(faults=(fault,))

    outcome = ready.run(Action.UP)

    assert only_message(outcome) == f"thing-2: {refusal}"
    assert [change.name for change in outcome.changes.failed] == ["thing-2"]
    assert outcome.counts == {"create": 4}


def test_no_secret_is_in_an_outcome_or_an_event(ready: Bench) -> None:
    refusal = Fault(Effect.LEAK, moment=Moment.STARTED)
    killed = Fault(Effect.EXIT, moment=Moment.SUMMED, code=1)
    ready.stub.plan(faults=(refusal, killed))
    seen: list[Event] = []

    outcome = ready.run(Action.UP, told=seen.append)

    told = json.dumps([as_json(event, 1, "now") for event in seen])
    assert CANARY not in told
    assert CANARY not in repr(outcome)
    assert "[secret]" in told


@pytest.mark.parametrize("action", [Action.UP, Action.DESTROY])
def test_an_engine_that_somebody_else_has_stopped_has_not_succeeded_whatever_it_says(
    action: Action, ready: Bench
) -> None:
    if action is Action.DESTROY:
        ready.run(Action.UP)
    stopped = Fault(
        Effect.SIGNAL,
        command_of(action),
        moment=Moment.INTENDED,
        urn="*thing-2",
        signals=("SIGINT",),
    )
    ready.stub.plan(faults=(stopped,))

    outcome = ready.run(action)

    assert only_message(outcome) == (
        "somebody stopped the engine; it saved its state. Run it again to go on."
    )
    assert len(ready.stub.cloud.alive()) == (3 if action is Action.UP else 2)
    assert ready.locks == []


def test_a_lock_of_somebody_else_is_told_with_its_holder(ready: Bench) -> None:
    ready.run(Action.PREVIEW)
    lock = ready.state / ".pulumi" / "locks" / "organization" / "small" / "dev" / "theirs.json"
    lock.parent.mkdir(parents=True)
    holder = {"pid": 4711, "username": "ann", "hostname": "laptop"}
    lock.write_text(json.dumps({**holder, "timestamp": "2026-01-02T03:04:05.6Z"}))

    outcome = ready.run(Action.UP)

    assert outcome.failure is not None
    assert outcome.failure.locked
    assert only_message(outcome) == (
        "ann@laptop is working on this environment: process 4711, since 2026-01-02T03:04:05Z. "
        "If it is dead: stackwright recover -e dev"
    )
    assert lock.is_file()


def test_warnings_of_others_are_not_swallowed(ready: Bench) -> None:
    def warn(_: Event) -> None:
        warnings.warn("somebody else's", stacklevel=1)

    with pytest.warns(UserWarning, match="somebody else's"):
        ready.run(Action.PREVIEW, told=warn)
