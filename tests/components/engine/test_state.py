"""A state is read right or refused with words, whatever happened to the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.automation import CommandError, CommandResult

from stackwright.engine.state import (
    Manifest,
    State,
    StateDamaged,
    StateOutOfReach,
    StateTooNew,
    masked,
    parse_state,
    read_state,
)

STACK = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"
PROVIDER = "urn:pulumi:prod::shop::pulumi:providers:aws::aws"
BUCKET = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::data"
SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:canary",
}


def deployment() -> dict[str, Any]:
    """Return the state of a stack with one bucket, and a second that was being created."""
    return {
        "manifest": {
            "time": "2026-11-21T16:52:45.926572352Z",
            "magic": "7dff0d166258e7f1d265e8e044021ea087795d58a0c6415ab6fe8b7c790e447f",
            "version": "v3.260.0",
        },
        "secrets_providers": {"type": "passphrase", "state": {"salt": "v1:salt"}},
        "resources": [
            {
                "urn": STACK,
                "type": "pulumi:pulumi:Stack",
                "custom": False,
                "outputs": {"url": "s3://data", "password": SECRET},
            },
            {"urn": PROVIDER, "type": "pulumi:providers:aws", "custom": True, "id": "p-1"},
            {
                "urn": BUCKET,
                "type": "aws:s3/bucket:Bucket",
                "custom": True,
                "id": "data",
                "parent": STACK,
                "provider": f"{PROVIDER}::p-1",
                "inputs": {"bucket": "data", "keys": [SECRET]},
                "propertyDependencies": {"bucket": None, "keys": [STACK]},
                "retainOnDelete": True,
                "initErrors": ["not ready"],
                "created": "2026-11-21T16:52:44Z",
            },
        ],
        "pending_operations": [
            {
                "type": "creating",
                "resource": {"urn": f"{BUCKET}-2", "type": "aws:s3/bucket:Bucket", "custom": True},
            }
        ],
        "metadata": {},
    }


def exported(content: Mapping[str, Any] | None = None) -> str:
    return json.dumps({"version": 3, "deployment": content or deployment()})


def test_an_export_is_read_with_its_secrets_masked() -> None:
    state = parse_state(exported())
    bucket = state.by_urn[BUCKET]
    assert (bucket.name, bucket.key) == ("data", "aws:s3/bucket:Bucket::data")
    assert bucket.inputs == {"bucket": "data", "keys": ["[secret]"]}
    assert bucket.property_dependencies == {"bucket": (), "keys": (STACK,)}
    assert (bucket.retain_on_delete, bucket.init_errors) == (True, ("not ready",))
    assert state.outputs == {"url": "s3://data", "password": "[secret]"}
    assert [(one.type, one.resource.name) for one in state.pending_operations] == [
        ("creating", "data-2")
    ]
    assert state.secrets_provider == "passphrase"
    assert state.time is not None
    assert state.time.isoformat() == "2026-11-21T16:52:45.926572+00:00"
    assert "canary" not in repr(state)


def test_the_file_of_a_backend_says_the_same_as_an_export() -> None:
    checkpoint = {"version": 3, "checkpoint": {"stack": "s", "latest": deployment()}}
    assert parse_state(json.dumps(checkpoint)) == parse_state(exported())


def test_a_stack_without_resources_has_an_empty_state() -> None:
    assert parse_state('{"version": 3, "deployment": {"resources": null}}') == State(version=3)
    never_deployed = '{"version": 3, "checkpoint": {"stack": "s", "latest": null}}'
    assert parse_state(never_deployed) == State(version=3)


@pytest.mark.parametrize(
    "document", ["{}", "[]", "", '{"version": 3}', '{"version": "3"}', b"\xff"]
)
def test_what_is_no_state_is_refused(document: str | bytes) -> None:
    with pytest.raises(StateDamaged, match=r"^the state is damaged: "):
        parse_state(document)


def test_a_checkpoint_that_lost_its_content_is_no_empty_state() -> None:
    with pytest.raises(StateDamaged, match="checkpoint"):
        parse_state('{"version": 3, "checkpoint": {"stack": "s"}}')


def test_a_state_of_a_newer_engine_is_refused_whatever_else_it_holds() -> None:
    with pytest.raises(StateTooNew, match="form 99"):
        parse_state('{"version": 99, "deployment": "in a way not known yet"}')


def test_a_state_of_a_form_of_long_ago_is_refused() -> None:
    with pytest.raises(StateDamaged, match="form 1"):
        parse_state('{"version": 1, "deployment": {}}')


def test_a_refusal_names_the_place_and_shows_no_value() -> None:
    content = deployment()
    content["resources"][2]["custom"] = "canary-value"
    with pytest.raises(StateDamaged) as refusal:
        parse_state(exported(content))
    assert "deployment.resources.2.custom" in str(refusal.value)
    assert "canary" not in str(refusal.value)


@given(st.integers(min_value=0))
def test_a_state_cut_short_anywhere_is_refused(length: int) -> None:
    document = exported()
    with pytest.raises(StateDamaged):
        parse_state(document[: length % len(document)])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.data())
def test_a_state_with_any_value_edited_is_read_right_or_refused(data: st.DataObject) -> None:
    document = json.loads(exported())
    holder, key = data.draw(st.sampled_from(list(_places(document))))
    holder[key] = data.draw(JSON)
    try:
        state = parse_state(json.dumps(document))
    except (StateDamaged, StateTooNew):
        return
    read = document["deployment"] or {}
    assert [one.urn for one in state.resources] == [
        one["urn"] for one in read.get("resources") or ()
    ]


@given(st.binary(min_size=1, max_size=6), st.integers(min_value=0))
def test_a_state_with_any_bytes_put_in_is_read_or_refused(put: bytes, place: int) -> None:
    document = exported().encode()
    at = place % len(document)
    try:
        parse_state(document[:at] + put + document[at:])
    except (StateDamaged, StateTooNew):
        return


@given(JSON)
def test_masking_changes_nothing_but_secrets(value: Any) -> None:
    assert masked(value) == value
    assert masked({"a": [value, SECRET]}) == {"a": [value, "[secret]"]}


class Engine:
    """Stands in for the CLI: writes what it is given to the file that it is told."""

    def __init__(self, content: str | None, said: str = "") -> None:
        self.content = content
        self.said = said
        self.asked: list[str] = []

    def run(self, args: list[str], cwd: str, env: Mapping[str, str]) -> CommandResult:
        self.asked = args
        if self.said:
            raise CommandError(CommandResult("", self.said, 255))
        if self.content is not None:
            Path(args[-1]).write_text(self.content, encoding="utf-8")
        return CommandResult("", "", 0)


def stack_of(engine: Engine, folder: Path) -> Any:
    workspace = SimpleNamespace(pulumi_command=engine, work_dir=str(folder), env_vars={})
    return SimpleNamespace(name="prod", workspace=workspace)


def test_a_state_is_exported_without_its_secrets_and_proven_whole(tmp_path: Path) -> None:
    engine = Engine(exported())
    assert len(read_state(stack_of(engine, tmp_path)).resources) == 3
    assert engine.asked[:4] == ["stack", "export", "--stack", "prod"]
    assert "--show-secrets" not in engine.asked
    assert not Path(engine.asked[-1]).exists()


def test_a_state_that_refers_to_what_is_missing_is_not_read(tmp_path: Path) -> None:
    content = deployment()
    del content["resources"][1]
    with pytest.raises(StateDamaged, match=r"provider .* is missing"):
        read_state(stack_of(Engine(exported(content)), tmp_path))


def test_an_engine_that_cannot_read_the_state_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(StateOutOfReach, match=r"^error: no such bucket$"):
        read_state(stack_of(Engine(None, "error: no such bucket\n"), tmp_path))


def test_an_engine_that_exports_nothing_and_says_it_did_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(StateOutOfReach, match="but did not"):
        read_state(stack_of(Engine(None), tmp_path))


def test_a_state_knows_when_it_was_written_only_if_it_says_so() -> None:
    assert State().time is None
    assert Manifest().version == ""


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place of a document, as its holder and key."""
    if isinstance(value, dict):
        keys: list[Any] = list(value)
    else:
        keys = list(range(len(value))) if isinstance(value, list) else []
    found = [(value, key) for key in keys]
    return found + [place for key in keys for place in _places(value[key])]
