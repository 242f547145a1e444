"""Drift, told from the engine's events of two previews and from the state."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.automation.events import EngineEvent, StepEventMetadata

from stackwright.engine.changes import Changes
from stackwright.engine.drift import Drifted, LayerDrift, as_json, compared
from stackwright.engine.drifted_property import LONGEST, Fate
from stackwright.engine.event_reader import EventReader
from stackwright.engine.events import Operation
from stackwright.engine.failures import Failure
from stackwright.engine.operations import Action, Outcome
from stackwright.engine.property_paths import MISSING, overlap, steps_of, value_at
from stackwright.engine.redaction import HIDDEN, Redactor
from stackwright.engine.state import Resource, State

BUCKET = "aws:s3/bucket:Bucket"
SECRET = "kubernetes:core/v1:Secret"

Values = Mapping[str, Any]


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:prod::acme::{type_}::{name}"


def step(
    name: str,
    op: str,
    *,
    type_: str = BUCKET,
    old: Values | None = None,
    new: Values | None = None,
    detailed: Values | None = None,
    ended: str = "resOutputsEvent",
) -> EngineEvent:
    """Return an event of the engine; `old` and `new` are inputs."""

    def state(inputs: Values | None) -> Values | None:
        if inputs is None:
            return None
        where = {"type": type_, "urn": urn(type_, name), "custom": True, "id": name}
        return {**where, "parent": "", "provider": "", "inputs": inputs, "outputs": inputs}

    metadata = {
        "op": op,
        "urn": urn(type_, name),
        "type": type_,
        "old": state(old if old is not None else {}),
        "new": state(new),
        "provider": "",
        "detailedDiff": {
            path: {"diffKind": kind, "inputDiff": True} for path, kind in (detailed or {}).items()
        },
    }
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, ended: {"metadata": metadata}})


def seen(events: Sequence[EngineEvent], failure: Failure | None = None) -> Outcome:
    changes = changes_of(events)
    return Outcome("foundation", Action.PREVIEW_REFRESH, changes, (), 1.0, failure, {})


def changes_of(events: Sequence[EngineEvent]) -> Changes:
    reader = EventReader("foundation", frozenset(), Redactor(()))
    for event in events:
        reader(event)
    return Changes.of(reader.events)


def steps_in(events: Sequence[EngineEvent]) -> dict[str, StepEventMetadata]:
    found = [event.res_outputs_event.metadata for event in events if event.res_outputs_event]
    return {metadata.urn: metadata for metadata in found}


def state_of(*names: str, type_: str = BUCKET) -> State:
    return State(resources=tuple(Resource(urn(type_, name), type_, custom=True) for name in names))


def drift(real: EngineEvent, wanted: EngineEvent | None, redact: Redactor | None = None) -> Drifted:
    """Return the drift of the one resource that the first preview tells of."""
    found = compared(
        seen([real]),
        steps_in([real]),
        state_of("data"),
        None if wanted is None else changes_of([wanted]),
        redact=redact or Redactor(()),
    )
    (drifted,) = found.drifted
    return drifted


def test_a_resource_as_deployed_is_no_drift() -> None:
    events = [step("data", "same", old={"acl": "private"}, new={"acl": "private"})]
    found = compared(seen(events), {}, state_of("data"), changes_of(events))
    assert (found.drifted, found.compared, found.unread) == ((), 1, ())


def test_what_the_program_sets_is_brought_back_and_what_it_does_not_set_stays() -> None:
    real = step(
        "data",
        "update",
        old={"acl": "private", "tags": {}},
        new={"acl": "public", "tags": {"by": "hand"}},
        detailed={"acl": "update", "tags.by": "add"},
    )
    wanted = step("data", "update", old={}, new={}, detailed={"acl": "update"})
    found = drift(real, wanted)
    assert [(one.path, one.kind, one.was, one.now, one.fate) for one in found.properties] == [
        ("acl", "update", '"private"', '"public"', Fate.REVERTED),
        ("tags.by", "add", None, '"hand"', Fate.STAYS),
    ]
    assert found.fate is Fate.STAYS


def test_a_change_inside_of_what_the_program_would_set_is_brought_back() -> None:
    real = step("data", "update", old={}, new={}, detailed={'tags["a.b"]': "update"})
    wanted = step("data", "update", old={}, new={}, detailed={"tags": "update"})
    assert drift(real, wanted).fate is Fate.REVERTED


def test_a_resource_that_the_program_would_leave_alone_stays_as_it_is() -> None:
    real = step("data", "update", old={"size": 3}, new={"size": 7}, detailed={"size": "update"})
    wanted = step("data", "same", old={"size": 7}, new={"size": 7})
    found = drift(real, wanted)
    assert (found.by, found.fate) == (Operation.SAME, Fate.STAYS)


def test_a_resource_that_the_program_has_no_more_is_said_to_be_left_alone() -> None:
    real = step("data", "update", old={}, new={}, detailed={"size": "update"})
    assert drift(real, step("other", "same", new={})).fate is Fate.STAYS


@pytest.mark.parametrize("op", ["create", "replace"])
def test_a_resource_that_is_gone_is_made_anew(op: str) -> None:
    found = drift(step("data", "delete"), step("data", op, new={}))
    assert (found.gone, found.properties, found.fate) == (True, (), Fate.REVERTED)


def test_a_resource_that_is_gone_from_the_program_too_stays_gone() -> None:
    assert drift(step("data", "delete"), step("other", "same", new={})).fate is Fate.STAYS


def test_nothing_is_said_about_what_becomes_of_it_when_the_program_could_not_be_asked() -> None:
    real = step("data", "update", old={}, new={}, detailed={"size": "update"})
    found = drift(real, None)
    assert (found.by, found.fate) == (None, Fate.UNKNOWN)
    assert {one.fate for one in found.properties} == {Fate.UNKNOWN}


@pytest.mark.parametrize(
    ("type_", "path", "old", "new"),
    [
        (BUCKET, "key", {"key": HIDDEN}, {"key": "canary-1"}),
        (BUCKET, "env.A", {"env": HIDDEN}, {"env": {"A": "canary-1"}}),
        (BUCKET, "env", {"env": {"A": HIDDEN}}, {"env": {"A": "canary-1"}}),
        (BUCKET, "masterPassword", {"masterPassword": "canary-0"}, {"masterPassword": "canary-1"}),
        (SECRET, "data.a", {"data": {"a": "canary-0"}}, {"data": {"a": "canary-1"}}),
        (BUCKET, "note", {"note": ""}, {"note": "see canary-env"}),
    ],
)
def test_no_secret_is_in_what_is_found(type_: str, path: str, old: Values, new: Values) -> None:
    real = step("data", "update", type_=type_, old=old, new=new, detailed={path: "update"})
    redact = Redactor(["canary-env"])
    found = compared(seen([real]), steps_in([real]), State(), None, redact=redact)
    text = json.dumps(as_json("prod", [found]))
    assert path in text
    assert "canary" not in text


def test_a_long_value_is_cut() -> None:
    real = step("data", "update", old={"a": "x"}, new={"a": "y" * 500}, detailed={"a": "update"})
    (one,) = drift(real, None).properties
    assert one.now is not None
    assert (len(one.now), one.now[-1]) == (LONGEST, "…")


def test_what_could_not_be_read_is_listed_and_nothing_is_claimed_about_it() -> None:
    events = [
        step("logs", "same", new={}),
        step("data", "refresh", new={}, ended="resourcePreEvent"),
        step("data", "refresh", new={}, ended="resOpFailedEvent"),
    ]
    failure = Failure("data: AccessDenied")
    found = compared(seen(events, failure), {}, state_of("logs", "data", "later"), None)
    assert found.unread == (urn(BUCKET, "data"), urn(BUCKET, "later"))
    assert (found.compared, found.drifted, found.failure) == (1, (), failure)


def test_what_up_would_change_besides_is_listed_apart() -> None:
    real = step("data", "delete")
    both = [step("data", "create", new={}), step("copy", "update", new={})]
    found = compared(seen([real]), {}, state_of("data"), changes_of(both))
    assert [change.name for change in found.also] == ["copy"]


def test_a_provider_that_is_asked_otherwise_for_drift_is_no_change_of_the_next_up() -> None:
    provider = "pulumi:providers:kubernetes"
    events = [step("data", "same", old={}, new={})]
    wanted = [*events, step("cluster-provider", "update", type_=provider, old={}, new={"a": "b"})]
    assert compared(seen(events), {}, state_of("data"), changes_of(wanted)).also == ()


def test_the_json_is_versioned_and_plain() -> None:
    real = step("data", "update", old={"a": 1}, new={"a": 2}, detailed={"a": "update"})
    found = compared(seen([real]), steps_in([real]), state_of("data"), changes_of([real]))
    document = json.loads(json.dumps(as_json("prod", [found])))
    assert document["schema"] == "stackwright.drift/v1"
    assert (document["environment"], document["drifted"]) == ("prod", 1)
    (one,) = document["layers"][0]["drifted"]
    assert (one["name"], one["gone"], one["by"], one["fate"]) == (
        "data",
        False,
        "update",
        "reverted",
    )
    assert one["properties"] == [
        {"path": "a", "kind": "update", "was": "1", "now": "2", "fate": "reverted"}
    ]


def test_a_layer_that_failed_says_why_in_json() -> None:
    found = LayerDrift("platform", compared=0, failure=Failure("no stack.", mend="Next: up"))
    assert as_json("prod", [found])["layers"][0]["failure"] == "no stack. Next: up"


KEYS = st.text(st.characters(blacklist_characters='"\\[].', codec="utf-8"), min_size=1)


@given(st.lists(st.one_of(KEYS, st.integers(0, 99)), min_size=1))
def test_a_path_is_taken_apart_into_what_it_was_made_of(parts: list[str | int]) -> None:
    path = "".join(f'["{one}"]' if isinstance(one, str) else f"[{one}]" for one in parts)
    assert steps_of(path) == [str(one) for one in parts]


def test_a_value_is_found_by_its_path() -> None:
    value = {"spec": {"ports": [{"name": "http"}], "a.b": 1}, "hidden": HIDDEN}
    assert value_at("spec.ports[0].name", value) == "http"
    assert value_at('spec["a.b"]', value) == 1
    assert value_at("hidden.inside", value) == HIDDEN
    assert value_at("spec.ports[3]", value) is MISSING
    assert value_at("spec.none.more", value) is MISSING


def test_paths_overlap_when_one_is_inside_the_other() -> None:
    assert overlap("tags", "tags.a")
    assert overlap("tags.a", "tags")
    assert not overlap("tags.a", "tags.b")
    assert not overlap("tag", "tags")
