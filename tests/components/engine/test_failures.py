"""Tests of why the engine failed, in words; the texts of the engine were taken from real runs."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from pulumi.automation import CommandResult
from pulumi.automation.errors import create_command_error
from pulumi.automation.events import EngineEvent
from tests.engine_stub.recording import recorded
from tests.engine_stub.stub import stub_engine

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.event_reader import EventReader
from stackwright.engine.events import Diagnostic, Event
from stackwright.engine.failures import EngineFailed, Failure, explain
from stackwright.engine.redaction import Redactor
from stackwright.engine.workspace import LayerFolder

URN = "urn:pulumi:dev::small::aws:s3/bucket:Bucket::store-bucket"

TOPIC = "urn:pulumi:dev::small::aws:sns/topic:Topic::store-topic"

LOCKED = """\
error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or \
delete the lock file with `pulumi cancel`.
  file:///state/.pulumi/locks/organization/small/dev/abc.json?no_tmp_dir=true: created by \
Ann Lee@laptop (pid 26420) at 2026-11-21T17:03:31Z"""

BROKEN = """\
error: The Pulumi CLI encountered a snapshot integrity error. This is a bug!

You can try to repair your snapshot as follows:

* Using the `pulumi state repair` command. This is the recommended approach."""

FULL = """\
pre-step event returned an error: failed to save snapshot: An IO error occurred while writing the \
new snapshot file: blob (key ".pulumi/stacks/small/dev.json") (code=Unknown): write /state/dev.tmp:\
 no space left on device
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LayerFolder:
    """A layer; nothing is run in it."""
    stub = stub_engine(tmp_path / "stub")
    monkeypatch.setenv("PATH", str(stub.bin), prepend=":")
    program = tmp_path / "stacks" / "platform"
    return LayerFolder(Layer.PLATFORM, program, "dev", EngineCommand(), MappingProxyType({}))


def failed(
    folder: LayerFolder, *events: Event, stderr: str = "", code: int = 1, stdout: str = "Updating"
) -> Failure:
    """Return why a command failed that wrote and told this."""
    error = create_command_error(CommandResult(stdout, stderr, code))
    return explain(error, events, folder)


def said(message: str, urn: str = "", severity: str = "error") -> Diagnostic:
    """Return a diagnostic."""
    return Diagnostic("platform", severity, message, urn)


def of_recording(name: str) -> list[Event]:
    """Return the plain events of a recording."""
    reader = EventReader("platform", frozenset(), Redactor([]))
    for event in recorded(name):
        reader(EngineEvent.from_json(event))
    return reader.events


@pytest.mark.parametrize(
    ("stderr", "message", "mend", "recover"),
    [
        (
            "error: getting stack configuration: get stack secrets manager: incorrect passphrase",
            "the passphrase is not the one",
            "Set PULUMI_CONFIG_PASSPHRASE to the right one.",
            False,
        ),
        (
            "error: getting stack configuration: get stack secrets manager: passphrase must be set "
            "with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
            "is not given",
            "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
            False,
        ),
        (
            "error: failed to load checkpoint: place 1: unexpected end of JSON input",
            "the state cannot be read",
            "It is left as it is. Next: stackwright recover -e dev",
            True,
        ),
        (
            "error: getting snapshot: failed to load checkpoint: unexpected end of JSON input",
            "the state cannot be read",
            "It is left as it is. Next: stackwright recover -e dev",
            True,
        ),
        (
            "error: failed to load checkpoint: unsupported checkpoint version 99",
            "written by a newer Pulumi",
            "Install the newer Pulumi CLI.",
            False,
        ),
        (
            BROKEN,
            "the state cannot be read",
            "It is left as it is. Next: stackwright recover -e dev",
            True,
        ),
        (
            "error: unexpected end of JSON input",
            "a lock, or the state, was cut short",
            "Next: stackwright recover -e dev",
            True,
        ),
        (
            "error: could not create stack: write /state/dev.tmp: no space left on device",
            "the disk is full",
            "Make room, then: stackwright recover -e dev",
            True,
        ),
        (
            "error: no resource plugin 'pulumi-resource-aws' found in the workspace",
            "a plugin of the engine is missing",
            "Next: stackwright doctor",
            False,
        ),
        (
            'error: unknown stack "organization/small-foundation/dev"',
            "the foundation layer was never deployed",
            "First: stackwright up -e dev --layer foundation",
            False,
        ),
    ],
)
def test_what_the_engine_says_is_known(
    stderr: str, message: str, mend: str, recover: bool, folder: LayerFolder
) -> None:
    failure = failed(folder, stderr=stderr)

    assert message in failure.message
    assert failure.mend == mend
    assert failure.recover == recover
    assert str(failure) == f"{failure.message} {mend}"


def test_a_lock_is_told_with_who_holds_it_and_since_when(folder: LayerFolder) -> None:
    failure = failed(folder, stderr=LOCKED)

    assert failure.locked
    assert failure.message == (
        "Ann Lee@laptop is working on this environment: process 26420, since 2026-11-21T17:03:31Z."
    )
    assert failure.mend == "If it is dead: stackwright recover -e dev"


def test_a_lock_without_a_holder_is_a_lock_all_the_same(folder: LayerFolder) -> None:
    failure = failed(
        folder, stderr="error: [409] Conflict: Another update is currently in progress."
    )

    assert failure.locked
    assert failure.message == "somebody else is working on this environment."


@pytest.mark.parametrize(
    ("code", "name"), [(-9, "SIGKILL"), (-15, "SIGTERM"), (-11, "SIGSEGV"), (-63, "signal 63")]
)
def test_an_engine_that_was_killed_is_told_as_that(
    code: int, name: str, folder: LayerFolder
) -> None:
    failure = failed(folder, code=code)

    assert failure.message == f"the engine was killed ({name})."
    assert failure.recover


def test_a_full_disk_at_a_step_is_the_engines_own_matter(folder: LayerFolder) -> None:
    failure = failed(folder, said(FULL, URN), said("update failed"))

    assert failure.message.startswith("the disk is full")


@pytest.mark.parametrize(
    "message",
    [
        "InvalidParameterValue: invalid character '@' in the master password",
        "pod failed: no space left on device",
        "unmarshalling the response failed",
        "the container wants PULUMI_CONFIG_PASSPHRASE",
    ],
)
def test_what_a_provider_says_of_its_own_is_not_taken_for_the_engines_state(
    message: str, folder: LayerFolder
) -> None:
    failure = failed(folder, said(message, URN), said("update failed"))

    assert failure == Failure(f"store-bucket: {message}")


def test_each_refusal_is_told_once_for_each_resource(folder: LayerFolder) -> None:
    refusal = "Rate exceeded"
    events = [said(refusal, URN), said(refusal, URN), said(refusal, TOPIC), said("update failed")]

    assert failed(folder, *events).message == (
        "store-bucket: Rate exceeded\nstore-topic: Rate exceeded"
    )


def test_a_program_that_raises_is_told_with_the_place_in_the_users_file(
    folder: LayerFolder,
) -> None:
    trace = (
        "Program failed with an unhandled exception:\n"
        "Traceback (most recent call last):\n"
        f'  File "{folder.folder}/__main__.py", line 15, in <module>\n'
        "    build()\n"
        '  File "/usr/lib/python3.11/json.py", line 3, in loads\n'
        "    raise ValueError(text)\n"
        "ValueError: no JSON\n"
    )

    assert failed(folder, said(trace)).message == (
        "the program of the platform layer failed: ValueError: no JSON "
        f"({folder.folder}/__main__.py, line 15)"
    )


def test_of_a_reason_of_several_lines_the_first_says_what_it_is(folder: LayerFolder) -> None:
    trace = (
        "Program failed with an unhandled exception:\n"
        "Traceback (most recent call last):\n"
        f'  File "{folder.folder}/__main__.py", line 15, in <module>\n'
        "    build()\n"
        "ValueError: two things are wrong:\n"
        "  the first\n"
        "the second\n"
    )

    assert failed(folder, said(trace)).message == (
        "the program of the platform layer failed: ValueError: two things are wrong: "
        f"({folder.folder}/__main__.py, line 15)"
    )


def test_a_recorded_program_that_raised_is_told_without_its_trace(folder: LayerFolder) -> None:
    failure = failed(folder, *of_recording("program-error"))

    assert failure.message.startswith(
        "the program of the platform layer failed: RuntimeError: the program broke ("
    )
    assert "Traceback" not in failure.message


def test_what_the_program_refuses_with_is_told_and_that_it_exited_is_not(
    folder: LayerFolder,
) -> None:
    ended = "an unhandled error occurred: program exited with non-zero exit code: 1"

    failure = failed(folder, said("the blueprint is wrong: 3 problems"), said(ended))

    assert failure.message == "the blueprint is wrong: 3 problems"


def test_a_program_that_exits_is_told_with_its_last_words(folder: LayerFolder) -> None:
    ended = "an unhandled error occurred: program exited with non-zero exit code: 1"

    failure = failed(folder, said("set REGION first", severity="info"), said(ended))

    assert failure.message == "set REGION first"


def test_an_engine_that_somebody_else_stopped_is_told_as_that(folder: LayerFolder) -> None:
    failure = failed(folder, *of_recording("interrupted"))

    assert failure.message == "somebody stopped the engine; it saved its state."
    assert not failure.recover


def test_an_engine_that_somebody_else_stopped_at_once_needs_recovery(folder: LayerFolder) -> None:
    events = of_recording("interrupted-twice")

    failure = failed(folder, *events, stderr="error: update cancelled", code=8)

    assert failure.message == "somebody stopped the engine at once."
    assert failure.recover


@pytest.mark.parametrize("name", ["create-failed", "update-failed", "destroy-failed"])
def test_a_recorded_refusal_is_quoted(name: str, folder: LayerFolder) -> None:
    expected = {
        "create-failed": "store-bucket: StatusCode: 500",
        "update-failed": "store-bucket: StatusCode: 429",
        "destroy-failed": "store-bucket: BucketNotEmpty",
    }

    assert failed(folder, *of_recording(name)).message == expected[name]


def test_of_much_that_was_written_the_last_lines_are_told(folder: LayerFolder) -> None:
    failure = failed(folder, stderr="\n".join(f"line {number}" for number in range(100)))

    assert failure.message.splitlines() == [f"line {number}" for number in range(92, 100)]


def test_an_engine_that_says_no_reason_is_told_as_that(folder: LayerFolder) -> None:
    assert failed(folder) == Failure(
        "the engine failed and said no reason.", mend="Next: stackwright doctor"
    )


def test_a_failure_before_anything_was_done_is_an_error_of_ours() -> None:
    failure = Failure("it is broken.", mend="Mend it.")

    assert str(EngineFailed(failure)) == "it is broken. Mend it."
