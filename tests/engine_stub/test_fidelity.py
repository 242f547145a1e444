"""The stub engine tells what the real engine told: event by event for each resource."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.engine_stub.control import Control, Drift, Effect, Fault, Program, Resource
from tests.engine_stub.points import RELEASE, Moment
from tests.engine_stub.recording import RECORDINGS, Recording, recorded
from tests.engine_stub.stub import Stub, stub_engine

BUCKET = Resource(
    "aws:s3/bucket:Bucket",
    "store-bucket",
    "store",
    inputs={"bucket": "acme", "tags": {"owner": "somebody"}},
    replaces=("bucket",),
)
VERSIONING = Resource(
    "aws:s3/bucketVersioning:BucketVersioning",
    "store-versioning",
    "store",
    inputs={"bucket": "store-bucket"},
    replaces=("bucket",),
    dependencies=("store-bucket",),
)
TOPIC = Resource("aws:sns/topic:Topic", "store-topic", "store", inputs={"name": "events"})
STORE = Resource("stackwright:index:Bucket", "store", custom=False)
PROVIDER = Resource("pulumi:providers:aws", "main", inputs={"region": "eu-west-1"})


def program(version: str) -> Program:
    """Return the recorded program, in one of its versions."""
    bucket, versioning = BUCKET, VERSIONING
    if version == "updated":
        inputs = {**BUCKET.inputs, "tags": {"owner": "somebody else"}}
        bucket = replace(BUCKET, inputs=inputs)
    if version == "replaced":
        # The new bucket's id is another one, so what names it is replaced too.
        bucket = replace(BUCKET, inputs={**BUCKET.inputs, "bucket": "acme-new"})
        versioning = replace(VERSIONING, inputs={"bucket": "another"})
    topic = () if version == "deleted" else (TOPIC,)
    error = "RuntimeError: the program broke" if version == "broken" else ""
    return Program((STORE, PROVIDER, *topic, bucket, versioning), error=error)


class Told(NamedTuple):
    """What an event says of a resource."""

    kind: str
    op: str
    old: bool
    new: bool
    planning: bool
    logical: bool
    keys: tuple[str, ...]
    diffs: tuple[str, ...]


_RESOURCE_KINDS = ("resourcePreEvent", "resOutputsEvent", "resOpFailedEvent")


def by_resource(events: Sequence[Mapping[str, Any]]) -> dict[str, list[Told]]:
    """Return what was told of each resource, in order."""
    found: dict[str, list[Told]] = {}
    for event in events:
        for kind in _RESOURCE_KINDS:
            if kind in event:
                step = event[kind]["metadata"]
                found.setdefault(step["urn"], []).append(_told(kind, event[kind], step))
    return found


def _told(kind: str, content: Mapping[str, Any], step: Mapping[str, Any]) -> Told:
    return Told(
        kind,
        step["op"],
        step["old"] is not None,
        step["new"] is not None,
        bool(content.get("planning")),
        bool(step.get("logical")),
        tuple(step.get("keys") or ()),
        tuple(step.get("diffs") or ()),
    )


def errors(events: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return what was said as an error or a warning: of which resource, and its first line."""
    said = [event["diagnosticEvent"] for event in events if "diagnosticEvent" in event]
    return [
        (one.get("urn", ""), one["message"].splitlines()[0])
        for one in said
        if one["severity"] in ("error", "warning")
    ]


def frame(events: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return what is told of the whole run, in order; seconds left out."""
    found: list[Any] = []
    for event in events:
        if "summaryEvent" in event:
            summary = event["summaryEvent"]
            found.append({key: summary[key] for key in summary if key != "durationSeconds"})
        found += [kind for kind in ("preludeEvent", "cancelEvent") if kind in event]
    return found


class Bench:
    """The stub engine with a project, and where it tells its events."""

    def __init__(self, folder: Path) -> None:
        self.stub: Stub = stub_engine(folder / "stub", Control())
        self.project = folder / "project"
        self.project.mkdir()
        (self.project / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
        self._variables = {
            "PATH": os.environ["PATH"],
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "of nothing",
        }
        self.run(("stack", "init", "dev"))

    def run(self, arguments: Sequence[str]) -> None:
        """Run a command to its end."""
        with self.started(arguments) as process:
            process.wait()

    def started(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a command."""
        return subprocess.Popen(
            [self.stub.bin / "pulumi", *arguments],
            cwd=self.project,
            env=self._variables,
            stdout=subprocess.DEVNULL,
        )

    def events(self, one: Recording) -> list[dict[str, Any]]:
        """Do what was recorded; return what is told."""
        log = self.project / "events"
        log.unlink(missing_ok=True)
        (self.stub.folder / RELEASE).unlink(missing_ok=True)
        self.stub.plan(program(one.version), tuple(faults(one)), tuple(drifts(one)))
        arguments = [*one.arguments, "--stack", "dev", "--event-log", str(log)]
        with self.started(arguments) as process:
            for number in range(1, one.interrupts + 1):
                wait_for(lambda: self.stub.struck(0))
                process.send_signal(signal.SIGINT)
                wait_for(lambda number=number: interrupts_told(log) == number)
            self.stub.release()
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def wait_for(ready: Any) -> None:
    """Wait until something is true."""
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end, "nothing happened within 60 s"
        time.sleep(0.01)


def interrupts_told(log: Path) -> int:
    """Return how often the stub has said that it was interrupted."""
    return log.read_text(encoding="utf-8").count("^C received; ")


def faults(one: Recording) -> Iterator[Fault]:
    """Yield what is planned for the stub where the stand-in provider had its faults."""
    for fault in one.control.faults:
        if fault.effect == "hang":
            yield Fault(Effect.HANG, moment=Moment.INTENDED, urn=fault.urn)
        else:
            command = "destroy" if fault.method == "Delete" else "up"
            yield Fault(
                Effect.FAIL, command, moment=Moment.INTENDED, urn=fault.urn, message=fault.message
            )


def drifts(one: Recording) -> Iterator[Drift]:
    """Yield the drift of a recording."""
    for drift in one.control.drifts:
        yield Drift(drift.urn, drift.changes, drift.gone)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What the stub tells of every recording, in the recorded order on one stack."""
    bench = Bench(tmp_path_factory.mktemp("fidelity"))
    return {f"{one.name}{number}": bench.events(one) for number, one in enumerate(RECORDINGS)}


NAMED = [(number, one.name) for number, one in enumerate(RECORDINGS) if one.name]


@pytest.mark.parametrize(("number", "name"), NAMED, ids=[name for _, name in NAMED])
def test_each_resource_sees_the_same_events_in_the_same_order(
    number: int, name: str, told: Mapping[str, list[dict[str, Any]]]
) -> None:
    stub, real = by_resource(told[f"{name}{number}"]), by_resource(recorded(name))

    # Side by side, the real engine has one more step under way when something stops it.
    stopped = name in ("interrupted", "interrupted-twice", "destroy-failed")
    shared = stub.keys() if stopped else real.keys()
    assert {urn: stub.get(urn) for urn in shared} == {urn: real.get(urn) for urn in shared}


@pytest.mark.parametrize(("number", "name"), NAMED, ids=[name for _, name in NAMED])
def test_the_frame_of_a_run_is_the_same(
    number: int, name: str, told: Mapping[str, list[dict[str, Any]]]
) -> None:
    stub, real = frame(told[f"{name}{number}"]), frame(recorded(name))

    if name in ("interrupted", "create-failed", "update-failed", "destroy-failed"):
        # How many steps were in flight beside the failed one is another number.
        for found in (stub, real):
            found[1].pop("resourceChanges")
    assert stub == real


@pytest.mark.parametrize(("number", "name"), NAMED, ids=[name for _, name in NAMED])
def test_the_same_errors_and_warnings_are_said(
    number: int, name: str, told: Mapping[str, list[dict[str, Any]]]
) -> None:
    stub, real = errors(told[f"{name}{number}"]), errors(recorded(name))

    if name == "pending":
        # Of the resources that were under way side by side, the stub has one.
        stub, real = ([(urn, said.partition(" with ")[0]) for urn, said in x] for x in (stub, real))
    assert stub == real
