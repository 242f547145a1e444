"""The programs and commands that are measured on the real engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from benchmarks.cases import STACKWRIGHT
from benchmarks.processes import ROOT, compiling
from tests.engine.real_engine import Engine
from tests.engine.workspace import with_this_python

STACK = "dev"

PLAN = "stackwright plan"
PREVIEW = "pulumi preview, our program"
NAIVE = "pulumi preview, plain program"
UP = "stackwright up"
PLAIN_UP = "pulumi up"

COMMANDS = (PLAN, PREVIEW, NAIVE, UP, PLAIN_UP)
"""What is measured, in the order of one round."""

_BLUEPRINT = """\
apiVersion: stackwright/v1
requires: ">=0.1,<0.2"
name: benchmark
target: {kind: aws, region: eu-west-1, account: "210987654321"}
profile: development
storage: {kind: s3}
environments: {dev: {}}
"""

_OURS = """\
import pulumi_kubernetes as kubernetes
import stackwright

platform = stackwright.build("foundation")

from resources import register

register(COUNT, platform.provider, kubernetes.Provider("cluster", kubeconfig="{}"))
"""

_PLAIN = """\
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from resources import register

cloud = aws.Provider("cloud", region="eu-west-1")
register(COUNT, cloud, kubernetes.Provider("cluster", kubeconfig="{}"))
"""


@dataclass(frozen=True)
class Case:
    """One command in one folder."""

    name: str
    command: tuple[str, ...]
    folder: Path
    """Where it runs."""
    project: Path | None = None
    """Pulumi project whose state is made anew before; None for a command that has no state."""


@dataclass(frozen=True)
class Programs:
    """A platform of ours with resources of its own, and a plain program with as many.

    Args:
        folder: Where both are written; it is there and empty.
        count: Resources that the platform's program adds to those of its blueprint.
    """

    folder: Path
    count: int

    @property
    def platform(self) -> Path:
        """Folder of the blueprint."""
        return self.folder / "platform"

    @property
    def foundation(self) -> Path:
        """Pulumi project of the platform."""
        return self.platform / "stacks" / "foundation"

    @property
    def plain(self) -> Path:
        """Pulumi project that does not know Stackwright."""
        return self.folder / "plain"

    def write(self) -> None:
        """Write both programs."""
        _write(self.foundation, "benchmark-foundation", _OURS, self.count)
        blueprint = self.platform / "blueprint.yaml"
        blueprint.write_text(_BLUEPRINT, encoding="utf-8")
        _write(self.plain, "plain", _PLAIN, self.count + self._of_blueprint())

    def case(self, name: str) -> Case:
        """Return one of `COMMANDS`."""
        plan = (*STACKWRIGHT, "plan", "-e", STACK, "--format", "json", "-o")
        driver = str(ROOT / "benchmarks" / "engine_up.py")
        foundation, plain, platform = self.foundation, self.plain, self.platform
        up = (sys.executable, driver, "up", "-e", STACK, "--yes")
        cases = (
            Case(PLAN, (*plan, str(self.folder / "plan.json")), platform),
            Case(PREVIEW, ("pulumi", "preview", "--non-interactive"), foundation, foundation),
            Case(NAIVE, ("pulumi", "preview", "--non-interactive"), plain, plain),
            Case(UP, up, platform, foundation),
            Case(PLAIN_UP, ("pulumi", "up", "--yes", "--non-interactive"), foundation, foundation),
        )
        return next(case for case in cases if case.name == name)

    def _of_blueprint(self) -> int:
        """Return how many resources the blueprint itself makes, providers left out."""
        path = self.folder / "plan.json"
        command = (*STACKWRIGHT, "plan", "-e", STACK, "--format", "json", "-o", str(path))
        variables = compiling(os.environ)
        subprocess.run(command, cwd=self.platform, env=variables, check=True, capture_output=True)
        (layer,) = json.loads(path.read_text(encoding="utf-8"))["layers"]
        types = [resource["type"] for resource in layer["resources"]]
        left_out = ("pulumi:providers:", "pulumi:pulumi:Stack")
        return sum(not one.startswith(left_out) for one in types) - self.count


def run(case: Case, engine: Engine) -> Mapping[str, object]:
    """Run a case on a fresh state; return what `benchmarks.tree` found.

    Raises:
        RuntimeError: It failed; what a failing command costs means nothing.
    """
    shutil.rmtree(engine.folder / "state", ignore_errors=True)
    variables = compiling(engine.environment())
    if case.project is not None:
        (case.project / f"Pulumi.{STACK}.yaml").unlink(missing_ok=True)
        engine.run(case.project, "stack", "init", STACK)
    found, said = engine.folder / "found.json", engine.folder / "said.txt"
    tree = (sys.executable, "-I", str(ROOT / "benchmarks" / "tree.py"), str(found))
    with said.open("w", encoding="utf-8") as stream:
        subprocess.run(
            [*tree, *case.command],
            cwd=case.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            check=True,
        )
    result: Mapping[str, object] = json.loads(found.read_text(encoding="utf-8"))
    if result["code"] != 0:
        end = said.read_text(encoding="utf-8")[-4000:]
        raise RuntimeError(f"failed: {' '.join(case.command)}\n{end}")
    return result


def _write(project: Path, name: str, program: str, count: int) -> None:
    project.mkdir(parents=True)
    shutil.copy(ROOT / "benchmarks" / "engine_resources.py", project / "resources.py")
    text = program.replace("COUNT", str(count))
    (project / "__main__.py").write_text(text, encoding="utf-8")
    config = {"pulumi:disable-default-providers": ["aws", "kubernetes"]}
    settings = yaml.safe_dump(with_this_python({"name": name, "config": config}))
    (project / "Pulumi.yaml").write_text(settings, encoding="utf-8")
