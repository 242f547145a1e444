"""The real engine, in a home of its own, with no way out but loopback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.engine.comparison.plans import Deployed

PASSPHRASE = "of the tests, protects nothing"

_DEAD_PROXY = "http://127.0.0.1:9"
"""Port 9 discards (RFC 863), and nobody serves it: what is not on loopback is out of reach."""

_KEPT = ("HOME", "LANG", "TMPDIR")
"""Variables of the test that the engine sees; no credential, no kubeconfig is among them."""

SECONDS = 600.0
"""A command that takes longer has hung."""


def require_pulumi() -> Path:
    """Return the Pulumi command; skip where there is none."""
    found = shutil.which("pulumi")
    if found is None:
        pytest.skip("there is no program `pulumi` on PATH: the real engine is needed")
    return Path(found)


_TOLD = 6000
"""Characters of each output of a failed command that a test shows."""


@dataclass(frozen=True)
class Engine:
    """The Pulumi command and its surroundings."""

    program: Path
    folder: Path
    """Its home, the state of all stacks and logs are below."""
    providers: Mapping[str, int] = field(default_factory=dict)
    """Package -> port of the provider that is served already."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """What else programs and providers see."""

    def environment(self) -> dict[str, str]:
        """Return all variables of a command."""
        home, state = self.folder / "home", self.folder / "state"
        home.mkdir(parents=True, exist_ok=True)
        state.mkdir(exist_ok=True)
        bins = (str(Path(sys.executable).parent), str(self.program.parent), os.environ["PATH"])
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "PATH": os.pathsep.join(bins),
            "PULUMI_HOME": str(home),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": ",".join(f"{k}:{v}" for k, v in self.providers.items()),
            "PYTHONDONTWRITEBYTECODE": "1",
            **dict.fromkeys(("http_proxy", "https_proxy"), _DEAD_PROXY),
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), _DEAD_PROXY),
            **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
            **self.variables,
        }

    def run(self, project: Path, *arguments: str, **variables: str) -> str:
        """Run a command in the folder of a project; return what it writes to stdout.

        Raises:
            AssertionError: It fails; its output is in the message.
        """
        with subprocess.Popen(
            [self.program, *arguments, "--non-interactive"],
            cwd=project,
            env={**self.environment(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                out, errors = process.communicate(timeout=SECONDS)
            finally:
                # Hosts and plugins of an engine that hangs would stay.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        command = " ".join(("pulumi", *arguments))
        told = f"{out[-_TOLD:]}\n{errors[-_TOLD:]}"
        assert process.returncode == 0, f"{command} ended with {process.returncode}\n{told}"
        return out


def deploy(engine: Engine, project: Path, stack: str) -> Deployed:
    """Deploy a project to a new stack."""
    log = engine.folder / f"{project.name}.grpc.jsonl"
    engine.run(project, "stack", "init", stack)
    engine.run(project, "up", "--yes", "--skip-preview", PULUMI_DEBUG_GRPC=str(log))
    state = json.loads(engine.run(project, "stack", "export", "--show-secrets"))
    return Deployed(state["deployment"].get("resources") or [], registrations(log))


def registrations(log: Path) -> dict[str, Mapping[str, Any]]:
    """Return the registrations in the engine's log of calls, by URN."""
    found: dict[str, Mapping[str, Any]] = {}
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            urn = (entry.get("response") or {}).get("urn")
            if urn and entry["method"].endswith("ResourceMonitor/RegisterResource"):
                found[urn] = entry["request"]
    return found
