"""The stream of a preview is read as a stranger's data: what is no preview is refused in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.diff.preview import stream as preview_stream
from stackwright.diff.preview.stream import read_preview
from stackwright.engine.events import (
    Diagnostic,
    Difference,
    End,
    Event,
    Operation,
    Phase,
    ResourceEvent,
    Status,
    Summary,
    as_json,
)
from stackwright.errors import InputError

RECORDED = Path(__file__).with_name("recorded") / "preview-refresh.jsonl"

EVENT = ResourceEvent(
    layer="foundation",
    urn="urn:pulumi:prod::acme-foundation::aws:s3/bucket:Bucket::data",
    type="aws:s3/bucket:Bucket",
    name="data",
    tool="storage",
    operation=Operation.UPDATE,
    status=Status.DONE,
    differences=(Difference("tags.team", "update"),),
)
BEGIN = Phase("foundation", "preview", Status.STARTED)
DONE = Phase("foundation", "preview", Status.DONE)
END = End("prod", "succeeded", "Nothing was changed.", 0)


def stream(*events: Event) -> bytes:
    lines = [
        json.dumps(as_json(event, n, "2026-11-21T00:00:00Z")) for n, event in enumerate(events)
    ]
    return "\n".join(lines).encode()


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as error:
        read_preview(data, "preview.jsonl")
    return str(error.value)


def test_what_our_command_wrote_is_read() -> None:
    said = Diagnostic("foundation", "info", "Reading.")
    counts = Summary("foundation", {"update": 1}, 1.0)
    found = read_preview(stream(said, BEGIN, EVENT, counts, DONE, END), "preview.jsonl")
    assert found.environment == "prod"
    assert found.events == (EVENT,)
    assert (found.whole, found.partial, found.refreshed) == (("foundation",), (), False)


def test_a_recorded_stream_of_the_real_engine_is_read() -> None:
    found = read_preview(RECORDED.read_bytes(), "preview.jsonl")
    assert (found.environment, found.whole, found.refreshed) == ("prod", ("foundation",), True)
    assert len({event.urn for event in found.events}) == 37


def test_a_layer_that_failed_is_partial() -> None:
    failed = Phase("platform", "preview", Status.FAILED)
    begin = Phase("platform", "preview", Status.STARTED)
    found = read_preview(stream(BEGIN, DONE, begin, failed, END), "preview.jsonl")
    assert (found.whole, found.partial) == (("foundation",), ("platform",))


def test_a_stream_that_was_cut_off_is_refused() -> None:
    assert "this is no finished preview" in refused(stream(BEGIN, EVENT))


def test_the_stream_of_a_deployment_is_refused() -> None:
    begin = Phase("foundation", "up", Status.STARTED)
    assert 'this tells of "up" and not of a preview' in refused(stream(begin, END))


def test_a_line_that_is_none_is_named_by_its_number() -> None:
    message = refused(stream(BEGIN) + b"\nnot json\n{}\n" + stream(END))
    assert "preview.jsonl:2: this line is not valid JSON." in message
    assert "preview.jsonl:3: this line is no event of schema stackwright.events/v1." in message


def test_a_damaged_event_is_refused_without_its_values() -> None:
    item = as_json(EVENT, 1, "")
    item["operation"] = "canary-operation"
    message = refused(json.dumps(item).encode())
    assert "operation" in message
    assert "canary" not in message


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_stream, "LARGEST_BYTES", 10)
    assert "larger than 10 bytes" in refused(stream(END))


def test_a_nested_bomb_is_refused() -> None:
    assert "not valid JSON" in refused(b"[" * 100_000)


@given(
    st.dictionaries(
        st.sampled_from(["kind", "layer", "urn", "operation", "status", "differences", "custom"]),
        st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text()), st.booleans()),
    )
)
def test_a_mutated_event_is_read_or_refused_and_nothing_else(changes: dict[str, Any]) -> None:
    item = {**as_json(EVENT, 1, ""), **changes}
    try:
        found = read_preview(json.dumps(item).encode() + b"\n" + stream(END), "preview.jsonl")
    except InputError:
        return
    assert len(found.events) <= 1


def test_a_kind_of_a_later_version_is_left_out() -> None:
    item = {**as_json(EVENT, 1, ""), "kind": "policy"}
    found = read_preview(json.dumps(item).encode() + b"\n" + stream(END), "preview.jsonl")
    assert found.events == ()


def test_two_streams_in_one_file_are_refused() -> None:
    other = replace(END, environment="dev")
    assert "no finished preview" in refused(stream(BEGIN, DONE, END, other))
