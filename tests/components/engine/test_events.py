"""Tests of the engine's events as plain ones, on recorded streams of the real engine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi.automation.events import EngineEvent, OpType
from tests.engine_stub.recording import RECORDINGS, recorded

from stackwright.engine.event_reader import EventReader
from stackwright.engine.events import (
    Diagnostic,
    Difference,
    Event,
    Operation,
    Phase,
    ResourceEvent,
    Status,
    Summary,
    as_json,
)
from stackwright.engine.redaction import Redactor

NAMES = [one.name for one in RECORDINGS if one.name]

BUCKET = "urn:pulumi:dev::small::stackwright:index:Bucket$aws:s3/bucket:Bucket::store-bucket"
STORE = "urn:pulumi:dev::small::stackwright:index:Bucket::store"
STACK = "urn:pulumi:dev::small::pulumi:pulumi:Stack::small-dev"


def read(name: str, instances: frozenset[str] = frozenset({"store"})) -> list[Event]:
    """Return the plain events of a recording."""
    reader = EventReader("platform", instances, Redactor([]))
    for event in recorded(name):
        reader(EngineEvent.from_json(event))
    assert reader.ended
    return reader.events


def of(events: list[Event], urn: str) -> list[tuple[Operation, Status]]:
    """Return what happened to one resource."""
    return [
        (event.operation, event.status)
        for event in events
        if isinstance(event, ResourceEvent) and event.urn == urn
    ]


def told(**event: Any) -> list[Event]:
    """Return the plain events of one event of the engine."""
    reader = EventReader("platform", frozenset(), Redactor(["hunter-2-canary"]))
    reader(EngineEvent.from_json({"sequence": 1, "timestamp": 1, **event}))
    return reader.events


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_stream_is_read_to_its_end(name: str) -> None:
    events = read(name)

    summaries = [event for event in events if isinstance(event, Summary)]
    assert len(summaries) == 1
    assert {getattr(event, "layer", "") for event in events} == {"platform"}


@pytest.mark.parametrize("name", NAMES)
def test_no_event_carries_the_value_of_a_property(name: str) -> None:
    text = json.dumps([as_json(event, 1, "now") for event in read(name)])

    assert "somebody" not in text
    assert "acme" not in text


@pytest.mark.parametrize("operation", OpType)
def test_every_operation_of_the_engine_is_known(operation: OpType) -> None:
    step = {"op": operation.value, "urn": STORE, "type": "t", "old": None, "new": None}

    (event,) = told(resourcePreEvent={"metadata": {**step, "provider": ""}})

    assert isinstance(event, ResourceEvent)


def test_a_creation_starts_and_is_done() -> None:
    assert of(read("create"), BUCKET) == [
        (Operation.CREATE, Status.STARTED),
        (Operation.CREATE, Status.DONE),
    ]


def test_a_replacement_is_told_in_one_word_for_all_its_steps() -> None:
    operations = {operation for operation, _ in of(read("replace"), BUCKET)}

    assert operations == {Operation.REPLACE}


def test_a_failed_step_is_told_as_failed() -> None:
    assert of(read("create-failed"), BUCKET)[-1] == (Operation.CREATE, Status.FAILED)
    assert of(read("update-failed"), BUCKET)[-1] == (Operation.UPDATE, Status.FAILED)
    assert of(read("destroy-failed"), BUCKET)[-1] == (Operation.DELETE, Status.FAILED)


def test_a_refresh_tells_what_was_found() -> None:
    found = of(read("preview-refresh"), BUCKET)

    assert found == [(Operation.REFRESH, Status.STARTED), (Operation.UPDATE, Status.DONE)]


def test_differing_properties_are_named_and_those_that_replace_are_marked() -> None:
    events = [event for event in read("replace") if isinstance(event, ResourceEvent)]

    first = next(event for event in events if event.urn == BUCKET)
    assert first.differences == (
        Difference("bucket", "update", replaces=True),
        Difference("tags", "update"),
    )


def test_a_detailed_difference_names_the_path_its_kind_and_what_replaces() -> None:
    step: dict[str, Any] = {
        "op": "replace",
        "urn": BUCKET,
        "type": "aws:s3/bucket:Bucket",
        "old": None,
        "new": None,
        "provider": "",
        "keys": ["bucket", "region"],
        "diffs": ["bucket", "tags"],
        "detailedDiff": {
            "bucket": {"diffKind": "update-replace", "inputDiff": True},
            "tags.owner": {"diffKind": "add", "inputDiff": True},
            "rules[0].days": {"diffKind": "delete", "inputDiff": True},
        },
    }

    (event,) = told(resourcePreEvent={"metadata": step})

    assert isinstance(event, ResourceEvent)
    assert event.differences == (
        Difference("bucket", "update", replaces=True),
        Difference("region", "update", replaces=True),
        Difference("rules[0].days", "delete"),
        Difference("tags.owner", "add"),
    )


def test_a_resource_belongs_to_the_tool_of_the_component_above_it() -> None:
    events = [event for event in read("create") if isinstance(event, ResourceEvent)]

    tools = {event.urn: event.tool for event in events}
    assert tools[BUCKET] == "store"
    assert tools[STORE] == "store"
    assert tools[STACK] == ""


def test_a_component_that_is_no_tool_of_the_blueprint_is_nobodys() -> None:
    events = read("create", instances=frozenset({"other"}))

    assert {event.tool for event in events if isinstance(event, ResourceEvent)} == {""}


def test_a_component_and_a_real_thing_are_told_apart() -> None:
    events = [event for event in read("create") if isinstance(event, ResourceEvent)]

    custom = {event.urn: event.custom for event in events}
    assert custom[BUCKET]
    assert not custom[STORE]
    assert not custom[STACK]


def test_what_is_protected_and_what_stays_is_told_of_the_old_state() -> None:
    old: dict[str, Any] = {
        "type": "t",
        "urn": BUCKET,
        "id": "1",
        "inputs": {},
        "outputs": {},
        "parent": "",
    }
    old |= {"provider": "", "custom": True, "protect": True, "retainOnDelete": True}
    step = {"op": "delete", "urn": BUCKET, "type": "t", "old": old, "new": None, "provider": ""}

    (event,) = told(resourcePreEvent={"metadata": step})

    assert isinstance(event, ResourceEvent)
    assert (event.protected, event.retained) == (True, True)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("error", "error"), ("warning", "warning"), ("info", "info"), ("info#err", "info")],
)
def test_a_diagnostic_is_an_error_a_warning_or_information(severity: str, expected: str) -> None:
    said = {"message": "\nit is hunter-2-canary\n", "color": "never", "severity": severity}

    assert told(diagnosticEvent=said) == [Diagnostic("platform", expected, "it is [secret]")]


@pytest.mark.parametrize(
    "said",
    [
        {"message": "registering", "color": "never", "severity": "debug"},
        {"message": "\n", "color": "never", "severity": "info"},
        {"message": "half", "color": "never", "severity": "info", "ephemeral": True},
    ],
)
def test_a_diagnostic_that_says_nothing_is_left_out(said: dict[str, Any]) -> None:
    assert told(diagnosticEvent=said) == []


@pytest.mark.parametrize("name", ["create-failed", "interrupted", "interrupted-twice"])
def test_the_trace_of_a_program_that_is_ended_with_its_engine_is_left_out(name: str) -> None:
    said = [event.message for event in read(name) if isinstance(event, Diagnostic)]

    assert not any("KeyboardInterrupt" in one or "Traceback" in one for one in said)


def test_the_engines_own_count_is_kept() -> None:
    summary = next(event for event in read("replace") if isinstance(event, Summary))

    assert summary.counts == {"replace": 2, "same": 4}
    assert not summary.maybe_corrupt


def test_each_event_is_told_when_it_is_read() -> None:
    seen: list[Event] = []
    reader = EventReader("platform", frozenset(), Redactor([]), seen.append)

    for event in recorded("create"):
        reader(EngineEvent.from_json(event))

    assert seen == reader.events


def test_an_event_as_json_has_its_version_its_number_and_its_kind() -> None:
    event = Phase("platform", "up", Status.DONE)

    assert as_json(event, 7, "2026-01-02T03:04:05Z") == {
        "schema": "stackwright.events/v1",
        "sequence": 7,
        "time": "2026-01-02T03:04:05Z",
        "kind": "phase",
        "layer": "platform",
        "action": "up",
        "status": "done",
        "message": "",
    }
