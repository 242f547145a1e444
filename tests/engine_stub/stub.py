"""Makes a stub of the Pulumi CLI, and programs for it.

The stub is an executable `pulumi` that speaks the part of the command line that Stackwright and
the Automation API use, and keeps state, locks and settings in the files of the real file backend.
It runs no program: a control file says what each project registers, what goes wrong and when.

What it does as the real engine does is proven in `test_fidelity.py` against recorded streams:
which events each resource sees in which order, for creates, updates, replacements, deletes,
refreshes and failures; how it ends after one and two Ctrl-C. What it does not do: steps come one
at a time, never side by side; nothing is encrypted; it previews no unknown values; secrets
providers other than a passphrase are taken at their word; there are no policies, hooks, targets of
`up`, or imports; a write to a full disk fails at once, where the real engine tries for minutes.
"""

from __future__ import annotations

import json
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.engine_stub.cloud import Cloud
from tests.engine_stub.control import Control, Drift, Fault, Program, Resource
from tests.engine_stub.points import RELEASE

_REPOSITORY = Path(__file__).parents[2]

_SCRIPT = """\
#!{python} -SE
import sys
sys.path[0] = {repository!r}
from tests.engine_stub.main import main
# After our own: some package there has a folder of tests too.
sys.path.append({packages!r})
main({folder!r})
"""


@dataclass(frozen=True)
class Stub:
    """A stub engine in a folder."""

    folder: Path

    @property
    def bin(self) -> Path:
        """The folder for PATH."""
        return self.folder / "bin"

    @property
    def cloud(self) -> Cloud:
        """What its providers have made."""
        return Cloud(self.folder / "cloud.jsonl")

    def plan(
        self,
        programs: Mapping[str, Program] | Program | None = None,
        faults: tuple[Fault, ...] = (),
        drifts: tuple[Drift, ...] = (),
        **others: Any,
    ) -> None:
        """Say what is registered and what goes wrong from now on; what is left out stays."""
        control = Control.read(self._control)
        if isinstance(programs, Program):
            programs = {"*": programs}
        planned = control.programs if programs is None else programs
        for path in self.folder.glob("struck-*"):
            path.unlink()
        changed = replace(control, programs=planned, faults=faults, drifts=drifts, **others)
        changed.write(self._control)

    def release(self) -> None:
        """End every hang, now and later."""
        (self.folder / RELEASE).touch()

    def points(self, command: str) -> list[tuple[int, str, str]]:
        """Return number, moment and URN of every point that a command passed, in all runs."""
        path = self.folder / "points.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        entries = [json.loads(line) for line in lines]
        return [
            (entry["point"], entry["moment"], entry["urn"])
            for entry in entries
            if entry["command"] == command
        ]

    def struck(self, index: int = 0) -> bool:
        """Tell whether a planned fault happened."""
        return (self.folder / f"struck-{index}").is_file()

    @property
    def _control(self) -> Path:
        return self.folder / "control.json"


def stub_engine(folder: Path, control: Control | None = None) -> Stub:
    """Make a stub engine in a folder of its own."""
    stub = Stub(folder)
    stub.bin.mkdir(parents=True)
    (control or Control(programs={"*": generated(3)})).write(folder / "control.json")
    script = stub.bin / "pulumi"
    text = _SCRIPT.format(
        python=sys.executable,
        repository=str(_REPOSITORY),
        packages=sysconfig.get_paths()["purelib"],
        folder=str(folder),
    )
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    return stub


def generated(count: int, **differing: Any) -> Program:
    """Return a program of a component, a provider and a number of resources, each on the last.

    Args:
        count: How many resources.
        differing: More inputs of the first resource.
    """
    things = [
        Resource(
            type="stub:index:Thing",
            name=f"thing-{number}",
            parent="store",
            inputs={"number": number, **(differing if number == 1 else {})},
            replaces=("number", "kind"),
            dependencies=(f"thing-{number - 1}",) if number > 1 else (),
        )
        for number in range(1, count + 1)
    ]
    store = Resource("stackwright:index:Store", "store", custom=False)
    provider = Resource("pulumi:providers:stub", "provider", inputs={"region": "eu-west-1"})
    return Program((provider, store, *things), outputs={"count": count})
