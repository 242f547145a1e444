"""Tests of what a run changes, on recorded streams of the real engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.automation.events import EngineEvent
from tests.engine_stub.recording import RECORDINGS, recorded

from stackwright.engine.changes import STACK, Change, Changes
from stackwright.engine.event_reader import EventReader
from stackwright.engine.events import (
    Difference,
    Event,
    Operation,
    ResourceEvent,
    Status,
    Summary,
)
from stackwright.engine.redaction import Redactor

UP_TO_THE_END = ("create", "same", "update", "replace", "delete", "destroy", "pending")

OPERATIONS = st.sampled_from(Operation)
STATUSES = st.sampled_from(Status)


def changes(name: str) -> Changes:
    """Return the changes of a recording."""
    return Changes.of(events(name))


def events(name: str) -> list[Event]:
    """Return the plain events of a recording."""
    reader = EventReader("platform", frozenset({"store"}), Redactor([]))
    for event in recorded(name):
        reader(EngineEvent.from_json(event))
    return list(reader.events)


def event(
    operation: Operation, status: Status = Status.DONE, name: str = "one", **others: object
) -> ResourceEvent:
    """Return a step on one resource."""
    urn = f"urn:pulumi:dev::small::aws:s3/bucket:Bucket::{name}"
    made = ResourceEvent("platform", urn, "aws:s3/bucket:Bucket", name, "", operation, status)
    return replace(made, **others)  # type: ignore[arg-type]


def by_name(name: str) -> dict[str, Change]:
    """Return the changes of a recording by the resource's name."""
    return {change.name: change for change in changes(name).every}


@pytest.mark.parametrize("name", UP_TO_THE_END)
def test_the_counts_are_those_of_the_engine(name: str) -> None:
    found = changes(name)
    summary = next(one for one in events(name) if isinstance(one, Summary))

    # The stack itself, which the engine counts, is no change of ours.
    operation = "delete" if name == "destroy" else "create" if name == "create" else "same"
    expected = dict(summary.counts)
    expected[operation] -= 1
    assert found.counts() == {key: count for key, count in expected.items() if count}


def test_a_replacement_is_one_change_with_what_it_is_for() -> None:
    found = by_name("replace")["store-bucket"]

    assert found.operation is Operation.REPLACE
    assert found.status is Status.DONE
    assert found.replaced_for == ("bucket",)
    assert found.key == "aws:s3/bucket:Bucket::store-bucket"
    assert found.tool == "store"


def test_the_stack_itself_is_no_change() -> None:
    for one in RECORDINGS:
        if one.name:
            assert STACK not in {change.type for change in changes(one.name).every}


def test_what_stays_is_there_and_is_no_real_change() -> None:
    found = changes("same")

    assert len(found.every) == 5
    assert found.real == ()


def test_a_refresh_changes_what_it_found_different() -> None:
    found = by_name("refresh")

    assert found["store-bucket"].operation is Operation.UPDATE
    assert found["store-topic"].operation is Operation.DELETE
    assert found["store-versioning"].operation is Operation.REFRESH
    assert {change.name for change in changes("refresh").real} == {"store-bucket", "store-topic"}


@pytest.mark.parametrize("name", ["create-failed", "update-failed", "destroy-failed"])
def test_a_change_that_failed_is_named(name: str) -> None:
    assert [change.name for change in changes(name).failed] == ["store-bucket"]


def test_a_change_of_which_no_end_is_known_is_unfinished() -> None:
    unfinished = {change.name for change in changes("interrupted-twice").unfinished}

    assert unfinished == {"store-bucket", "store-topic"}
    assert changes("interrupted").unfinished == ()


def test_changes_are_chosen_by_their_operation() -> None:
    found = changes("delete").of_operation(Operation.DELETE)

    assert [change.name for change in found] == ["store-topic"]


def test_nothing_changes_in_a_run_without_events() -> None:
    assert Changes.of([]).every == ()
    assert Changes.of([]).counts() == {}


@given(st.lists(st.tuples(OPERATIONS, STATUSES), min_size=1))
def test_several_steps_of_a_resource_are_one_change_that_failed_if_any_did(
    steps: list[tuple[Operation, Status]],
) -> None:
    (found,) = Changes.of([event(*step) for step in steps]).every

    assert found.operation in {operation for operation, _ in steps}
    failed = Status.FAILED in {status for _, status in steps}
    assert (found.status is Status.FAILED) == failed
    assert failed or found.status is steps[-1][1]


@given(st.lists(st.tuples(OPERATIONS, st.sampled_from("abc")), max_size=20))
def test_each_resource_is_there_once_in_the_order_of_its_first_step(
    steps: list[tuple[Operation, str]],
) -> None:
    found = Changes.of([event(operation, name=name) for operation, name in steps])

    assert [change.name for change in found.every] == list(dict.fromkeys(n for _, n in steps))
    assert sum(found.counts().values()) == len(found.every)


def test_what_one_step_says_is_not_lost_by_the_next() -> None:
    differences = (Difference("bucket", "update", replaces=True),)
    first = event(Operation.REPLACE, differences=differences, protected=True)
    second = event(Operation.REPLACE, retained=True)

    (found,) = Changes.of([first, second]).every

    assert found.differences == differences
    assert found.protected
    assert found.retained
