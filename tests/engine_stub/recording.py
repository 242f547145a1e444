"""Event streams of the real engine, for tests where there is none: small, and of our own making.

`python -m tests.engine_stub.recording` makes them anew; it needs `pulumi` on PATH. Left out are
debug messages, outputs, and what differs from run to run; nothing else is changed.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.engine.providers import control_file, journal_file, stand_in
from tests.engine.real_engine import Engine, require_pulumi
from tests.engine.stand_in.control import Control, Drift, Effect, Fault
from tests.engine.stand_in.journal import entries
from tests.engine.workspace import with_this_python

RECORDED = Path(__file__).with_name("recorded")

PROGRAM = Path(__file__).with_name("program")

STACK = "dev"

_BUCKET = "*::store-bucket"

_PATH = re.compile(r"/[^\s\"']+/(?=[^/\s\"']+)")
_NOISE = ("sourcePosition", "stackTrace", "initErrors")


@dataclass(frozen=True)
class Recording:
    """How one stream came to be."""

    name: str
    arguments: tuple[str, ...]
    version: str = "first"
    """Version of the program."""
    control: Control = field(default_factory=Control)
    interrupts: int = 0
    """How often Ctrl-C is pressed while the bucket is made."""


def _failing(method: str, message: str) -> Control:
    return Control([Fault(method, _BUCKET, message=message)])


_UP = ("up", "--yes", "--skip-preview")
_SLOW = Control([Fault("Create", "*::store-*", times=None, effect=Effect.HANG, seconds=2.0)])
_DRIFT = Control(
    drifts=[Drift(_BUCKET, {"tags": {"owner": "nobody"}}), Drift("*::store-topic", gone=True)]
)
_DESTROY = ("destroy", "--yes", "--skip-preview")

RECORDINGS: Sequence[Recording] = (
    Recording("preview-create", ("preview",)),
    Recording("create", _UP),
    Recording("same", _UP),
    Recording("update", _UP, "updated"),
    Recording("preview-replace", ("preview",), "replaced"),
    Recording("replace", _UP, "replaced"),
    Recording("delete", _UP, "deleted"),
    Recording("program-error", _UP, "broken"),
    Recording("preview-refresh", ("refresh", "--preview-only"), control=_DRIFT),
    Recording("refresh", ("refresh", "--yes", "--skip-preview"), control=_DRIFT),
    Recording("update-failed", _UP, "updated", _failing("Update", "StatusCode: 429")),
    Recording("preview-destroy", ("destroy", "--preview-only")),
    Recording("destroy-failed", _DESTROY, control=_failing("Delete", "BucketNotEmpty")),
    Recording("destroy", _DESTROY),
    Recording("create-failed", _UP, control=_failing("Create", "StatusCode: 500")),
    Recording("", _DESTROY),
    Recording("interrupted", _UP, control=_SLOW, interrupts=1),
    Recording("", _DESTROY),
    Recording("interrupted-twice", _UP, control=_SLOW, interrupts=2),
    Recording("pending", _UP),
)
"""In this order on one stack; those without a name are not kept."""


def recorded(name: str) -> list[dict[str, Any]]:
    """Return the events of a recording."""
    text = (RECORDED / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def record(folder: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Run every recording and yield its name and its events."""
    import yaml

    project = folder / "project"
    shutil.copytree(PROGRAM, project, ignore=shutil.ignore_patterns("__pycache__"))
    file = project / "Pulumi.yaml"
    file.write_text(yaml.safe_dump(with_this_python(yaml.safe_load(file.read_text()))))
    with stand_in("aws", folder) as port:
        engine = Engine(require_pulumi(), folder / "engine", {"aws": port})
        engine.run(project, "stack", "init", STACK)
        for one in RECORDINGS:
            one.control.write(control_file(folder, "aws"))
            events = _run(one, engine, project, folder)
            if one.name:
                yield one.name, [_kept(event) for event in events if _says_something(event)]


def _run(one: Recording, engine: Engine, project: Path, folder: Path) -> list[dict[str, Any]]:
    log = folder / "events"
    log.unlink(missing_ok=True)
    journal_file(folder, "aws").unlink(missing_ok=True)
    options = ["--stack", STACK, "--non-interactive", "--color", "never", "--event-log", str(log)]
    variables = {"PULUMI_DEBUG_COMMANDS": "true", "PROGRAM_VERSION": one.version}
    process = subprocess.Popen(
        [engine.program, *one.arguments, *options],
        cwd=project,
        env={**engine.environment(), **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _ in range(one.interrupts):
        while not _bucket_begun(journal_file(folder, "aws")):
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
    process.wait()
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def _bucket_begun(journal: Path) -> bool:
    begun = (entry for entry in entries(journal) if entry.method == "Create")
    return any(entry.urn.endswith("::store-bucket") for entry in begun)


def _says_something(event: Mapping[str, Any]) -> bool:
    return bool(event.get("diagnosticEvent", {}).get("severity") != "debug")


def _kept(event: Mapping[str, Any]) -> dict[str, Any]:
    text = json.dumps(event)
    # Paths are those of the machine on which it was recorded.
    kept: dict[str, Any] = json.loads(_PATH.sub("/path/", text) if _is_said(event) else text)
    for content in kept.values():
        metadata = content.get("metadata", {}) if isinstance(content, dict) else {}
        for state in (metadata.get("old"), metadata.get("new")):
            if state:
                state["outputs"] = {}
                for key in _NOISE:
                    state.pop(key, None)
    return kept


def _is_said(event: Mapping[str, Any]) -> bool:
    return "diagnosticEvent" in event


def main() -> None:
    """Record, into the folder of the recordings."""
    RECORDED.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        for name, events in record(Path(folder).resolve()):
            lines = "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events)
            (RECORDED / f"{name}.jsonl").write_text(lines, encoding="utf-8")
            sys.stdout.write(f"{name}: {len(events)} events\n")


if __name__ == "__main__":
    main()
