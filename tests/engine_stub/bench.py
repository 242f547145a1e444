"""A project on the stub engine, as the engine core sees it: for tests in one process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.engine_stub.control import Control
from tests.engine_stub.stub import Stub, stub_engine

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.operations import Action, Outcome, run
from stackwright.engine.workspace import LayerFolder, QuietStack, engine_variables

CANARY = "canary-9f2c/7b1e+4d"
"""A secret that must come out nowhere."""

PASSPHRASE = f"passphrase-{CANARY}"
TOKEN = f"token-{CANARY}"
INSTANCES = frozenset({"store"})


@dataclass(frozen=True)
class Bench:
    """A project with its state in a folder, on a stub engine that is on PATH."""

    stub: Stub
    project: Path
    state: Path

    def layer(self, environment: str = "dev", **options: Any) -> LayerFolder:
        """Return the layer; options are those of the engine's command."""
        command = EngineCommand(**options)
        return LayerFolder(Layer.PLATFORM, self.project, environment, command, engine_variables())

    def run(self, action: Action, layer: LayerFolder | None = None, **options: Any) -> Outcome:
        """Run the engine once, on a stack that is made when it is not there."""
        folder = layer or self.layer()
        return run(folder, self.stack(folder), action, INSTANCES, **options)

    @staticmethod
    def stack(folder: LayerFolder) -> QuietStack:
        """Return the stack of a layer, made if there is none."""
        return folder.made_stack("passphrase")

    @property
    def state_file(self) -> Path:
        """The file that holds the state of `dev`."""
        return self.state / ".pulumi" / "stacks" / "small" / "dev.json"

    @property
    def locks(self) -> list[Path]:
        """The locks that are held, or were left behind."""
        return list(self.state.glob(".pulumi/locks/organization/small/*/*.json"))


def bench(folder: Path, patch: pytest.MonkeyPatch, control: Control | None = None) -> Bench:
    """Make a project and a stub engine in a folder, and put the engine on PATH."""
    stub = stub_engine(folder / "stub", control)
    project, state = folder / "stacks" / "platform", folder / "state"
    project.mkdir(parents=True)
    state.mkdir()
    text = f"name: small\nruntime: python\nbackend:\n  url: {state.as_uri()}\n"
    (project / "Pulumi.yaml").write_text(text, encoding="utf-8")
    patch.setenv("PATH", f"{stub.bin}{os.pathsep}{os.environ['PATH']}")
    patch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    patch.setenv("PULUMI_ACCESS_TOKEN", TOKEN)
    patch.delenv("PULUMI_BACKEND_URL", raising=False)
    return Bench(stub, project, state)


def left_of(stub: Stub) -> list[str]:
    """Return the command lines of processes that a stub engine has left behind."""
    found = []
    for process in _processes_of(stub):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            found.append(" ".join(process.cmdline()))
    return found


def end_of(stub: Stub) -> None:
    """End what a stub engine has left behind, so that it is found once and not for ever."""
    for process in _processes_of(stub):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _processes_of(stub: Stub) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            path = process.environ().get("PATH", "")
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if str(stub.folder) in line or path.startswith(str(stub.bin)):
            yield process
