"""Following a run: as a live tree, as lines, as a stream."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from stackwright.engine.events import (
    Diagnostic,
    End,
    Event,
    Finding,
    Operation,
    Phase,
    ResourceEvent,
    Status,
    Summary,
)
from stackwright_cli.deploying.view import JsonStream, Lines, LiveTree, duration, following


def created(name: str, status: Status, layer: str = "platform") -> ResourceEvent:
    return ResourceEvent(
        layer=layer,
        urn=f"urn:pulumi:prod::acme-{layer}::kubernetes:core/v1:ConfigMap::{name}",
        type="kubernetes:core/v1:ConfigMap",
        name=name,
        tool="online",
        operation=Operation.CREATE,
        status=status,
    )


RUN: tuple[Event, ...] = (
    Phase("platform", "up", Status.STARTED),
    created("settings", Status.STARTED),
    created("settings", Status.DONE),
    Diagnostic("platform", "warning", "one thing\nto know"),
    Diagnostic("platform", "info", "nothing new"),
    created("rules", Status.STARTED),
    created("rules", Status.FAILED),
    Finding("", "the API server answers", "ok", "in 3 ms"),
    Finding("", "the account is 123456789012", "failed", "it is 999999999999"),
    Summary("platform", {"create": 1}, 3.0),
    Phase("platform", "up", Status.FAILED, "the disk is full"),
)


def test_lines_tell_what_was_done_what_failed_and_what_to_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    view = Lines()
    for event in RUN:
        view(event)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "platform: deploying",
        "platform: + online  kubernetes:core/v1:ConfigMap  settings",
        "platform: warning: one thing",
        "to know",
        "platform: + online  kubernetes:core/v1:ConfigMap  rules FAILED",
        "the account is 123456789012: it is 999999999999",
    ]


def test_lines_of_a_preview_leave_the_resources_to_the_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    view = Lines()
    view(Phase("platform", "preview", Status.STARTED))
    view(created("settings", Status.DONE))
    assert capsys.readouterr().err == "platform: looking at what would change\n"


def test_a_stream_has_one_versioned_and_numbered_object_on_each_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    view = JsonStream()
    for event in RUN:
        view(event)
    view(End("prod", "failed", "it failed", 1))
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["sequence"] for event in events] == list(range(1, len(RUN) + 2))
    assert {event["schema"] for event in events} == {"stackwright.events/v1"}
    assert [event["kind"] for event in events] == [*(event.kind for event in RUN), "end"]
    assert events[1]["operation"] == "create"
    assert events[-1]["code"] == 1


def test_a_stream_is_ascii_whatever_a_resource_is_called(
    capsys: pytest.CaptureFixture[str],
) -> None:
    JsonStream()(created("größe\u2028\x1b", Status.DONE))
    assert capsys.readouterr().out.isascii()


def test_the_tree_shows_each_tool_under_its_capability_and_what_is_in_flight() -> None:
    tree = LiveTree({"online": "serving"})
    for event in RUN[:2]:
        tree(event)
    drawn = io.StringIO()
    Console(file=drawn, width=80, force_terminal=False).print(tree._drawn())
    lines = drawn.getvalue().splitlines()
    assert lines[0].startswith("platform deploying")
    assert "• serving online" in lines[1]
    assert "0/1" in lines[1]
    assert "create settings" in lines[2]


def test_where_nobody_sits_there_is_no_tree() -> None:
    with following({}, "text") as view:
        assert isinstance(view, Lines)
    with following({}, "json") as view:
        assert isinstance(view, JsonStream)


def test_durations_are_said_as_people_say_them() -> None:
    assert [duration(seconds) for seconds in (0.4, 59.9, 60, 754)] == [
        "0 s",
        "59 s",
        "1 min 0 s",
        "12 min 34 s",
    ]
