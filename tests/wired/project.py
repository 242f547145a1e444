"""A rendered project as the tests on real servers use it: its folder, its Python, its commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.servers.moto import CREDENTIALS, REGION
from tests.servers.programs import missing

TEMPLATE = "tabular-service"
SLUG = "acme-tabular"
PACKAGE = "acme_tabular"
ENVIRONMENT = "dev"


def render(folder: Path) -> Path:
    """Return a new project below the folder."""
    project = folder / SLUG
    stackwright("new", TEMPLATE, str(project), "--set", f"project_slug={SLUG}")
    return project


def python() -> Path:
    """Return the Python that has the packages of the project; without it, skip the test."""
    found = Path(sys.prefix) / "projects" / TEMPLATE / "bin" / "python"
    return found if found.is_file() else missing(f"the environment of {TEMPLATE}")


def stackwright(*arguments: str) -> None:
    """Run a command of Stackwright."""
    done = subprocess.run(
        [sys.executable, "-m", "stackwright_cli", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass(frozen=True)
class Done:
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A project and how its commands are run."""

    folder: Path
    python: Path

    def command(self, *arguments: str) -> list[str]:
        """Return a command of the project in the wired environment."""
        return [str(self.python), "-m", PACKAGE, "-e", ENVIRONMENT, *arguments]

    def environment(self) -> Mapping[str, str]:
        """Return the variables of its commands: nothing of the person who runs the tests."""
        return {
            "PATH": f"{self.python.parent}:/usr/bin:/bin",
            "HOME": str(self.folder.parent),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(self.folder / "src"),
            **CREDENTIALS,
        }

    def run(self, *arguments: str, code: int = 0) -> Done:
        """Run a command to its end.

        Raises:
            AssertionError: Its exit code is not `code`.
        """
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        said = f"{' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        assert done.returncode == code, said
        return Done(done.returncode, done.stdout, done.stderr)

    def wire(self, *, tracker: str, data: str, artifacts: str, endpoint: str) -> None:
        """Wire the project to a platform with these addresses, as its stack would print them."""
        tools = {
            "experiments": {"uri": tracker, "artifact_root": artifacts},
            "store": {
                "data_url": data,
                "artifacts_url": artifacts,
                "region": REGION,
                "endpoint": endpoint,
            },
        }
        wiring = {
            "schema": "stackwright.wiring/v1",
            "platform": "acme-ml",
            "environment": ENVIRONMENT,
            "target": "existing-cluster",
            "profile": "development",
            "tools": tools,
            "contracts": {"experiments": "ExperimentTracker", "store": "ObjectStore"},
        }
        outputs = self.folder.with_name("outputs.json")
        outputs.write_text(json.dumps({"wiring": wiring}), encoding="utf-8")
        stackwright(
            *("wire", "-e", ENVIRONMENT, "--from", str(outputs), "--project", str(self.folder))
        )

    def configure(self, key: str, value: str) -> None:
        """Change one value of configuration/project.yaml."""
        file = self.folder / "configuration" / "project.yaml"
        text = file.read_text(encoding="utf-8")
        changed = re.sub(rf"(?m)^(  {key}): \S+", rf"\1: {value}", text)
        assert changed != text, f"{file} has no {key}"
        file.write_text(changed, encoding="utf-8")
