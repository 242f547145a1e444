"""The template `tabular-service`: what it renders is green and works, for every set of answers.

The environment of its packages is made by `make projects`; without it these tests skip by name.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.servers.programs import missing
from tests.templates.support import ANSWERS

from stackwright.serving.kserve.settings import KserveSettings
from stackwright.serving.projects import DATA_SECRET
from stackwright_cli.assets import asset_folder
from stackwright_cli.projects.template import find_template

TEMPLATE = "tabular-service"
SETS = sorted((ANSWERS / TEMPLATE).glob("*.yaml"))
ENVIRONMENT = Path(sys.prefix) / "projects" / TEMPLATE / "bin"
UV = Path(sys.prefix) / "bin" / "uv"

COMMANDS = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n+)?^```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
UNTIL_STOPPED = "runs until stopped"

Render = Callable[[Path], Path]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Renders a project with a set of answers, by the command that people use."""

    def make(answers: Path) -> Path:
        folder = tmp_path / answers.stem
        new = [sys.executable, "-m", "stackwright_cli", "new", TEMPLATE, str(folder)]
        run([*new, "--answers", str(answers)], tmp_path)
        return folder

    return make


def run(command: list[str], folder: Path, **variables: str) -> str:
    """Run a command to its end and return what it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**clean_environment(folder), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def clean_environment(folder: Path) -> dict[str, str]:
    """Return the variables of the shell without those that decide about projects and pytest."""
    deciding = ("PYTEST_", "COV_", "PROJECT_", "MLFLOW_", "VIRTUAL_ENV", "PYENV_VERSION")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(deciding)}
    return {**kept, "PYTHONPATH": str(folder / "src"), "OMP_NUM_THREADS": "1"}


def documents(file: Path) -> list[Any]:
    """Return the documents of a file of manifests that are objects of a cluster."""
    found = yaml.safe_load_all(file.read_text(encoding="utf-8"))
    return [item for item in found if "kind" in item]


def tool(name: str) -> str:
    """Return a program of the template's environment; without it, skip the test."""
    found = ENVIRONMENT / name
    return str(found) if found.is_file() else missing(f"the environment of {TEMPLATE}")


every_answer = pytest.mark.parametrize("answers", SETS, ids=lambda file: file.stem)
everyday = pytest.mark.parametrize("answers", [ANSWERS / TEMPLATE / "everyday.yaml"], ids=["day"])


@every_answer
def test_a_fresh_project_passes_its_own_lint(render: Render, answers: Path) -> None:
    ruff = tool("ruff")
    folder = render(answers)
    run([ruff, "check", "--no-cache", "."], folder)
    run([ruff, "format", "--no-cache", "--check", "."], folder)


@pytest.mark.slow
@every_answer
def test_a_fresh_project_passes_its_own_types(render: Render, answers: Path) -> None:
    python = tool("python")
    run([python, "-m", "mypy"], render(answers))


@pytest.mark.slow
@everyday
def test_a_fresh_project_passes_its_own_tests_and_coverage(render: Render, answers: Path) -> None:
    python = tool("python")
    folder = render(answers)
    run([python, "-m", "pytest", "-n", "2", "--cov", "--cov-report=term"], folder)


@every_answer
def test_the_lock_holds_for_every_answer_without_a_network(
    render: Render, answers: Path, tmp_path: Path
) -> None:
    folder = render(answers)
    command = [str(UV), "lock", "--check", "--offline", "--cache-dir", str(tmp_path / "cache")]
    run([*command, "--python", sys.executable], folder)


def test_names_of_locked_packages_are_refused_for_projects(render: Render) -> None:
    folder = render(SETS[0])
    lock = tomllib.loads((folder / "uv.lock").read_text(encoding="utf-8"))
    own = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    locked = {entry["name"] for entry in lock["package"]} - {own}
    template = find_template(TEMPLATE, asset_folder("templates"))
    assert {name.replace("-", "_") for name in locked} <= set(template.manifest.reserved_packages)


def test_the_tests_of_a_project_have_the_configuration_that_it_ships_with(render: Render) -> None:
    folder = render(SETS[0])
    for name in ("data.yaml", "project.yaml"):
        own = folder / "tests" / "configuration" / name
        assert own.read_bytes() == (folder / "configuration" / name).read_bytes()


def test_serving_tools_take_the_accounts_of_a_project_and_bring_the_key_that_its_pods_name(
    render: Render,
) -> None:
    base = render(SETS[0]) / "deploy" / "base"
    objects = [item for file in base.rglob("*.yaml") for item in documents(file)]
    accounts = [item["metadata"]["name"] for item in objects if item["kind"] == "ServiceAccount"]
    assert accounts
    KserveSettings(kind="kserve", service_accounts=accounts)
    text = "".join(file.read_text(encoding="utf-8") for file in base.rglob("*.yaml"))
    named = re.findall(r"secretRef:\n\s+name: (\S+)", text)
    assert len(named) == 4  # two kinds of service, two Jobs
    assert set(named) == {DATA_SECRET}


@pytest.mark.slow
@everyday
def test_the_loop_works(render: Render, answers: Path) -> None:
    said = run([tool("python"), "scripts/loop"], render(answers))
    assert "The service answers with version 1 again" in said


@pytest.mark.slow
@everyday
def test_another_data_set_goes_through_the_loop_and_no_python_is_edited(
    render: Render, answers: Path, tmp_path: Path
) -> None:
    python = tool("python")
    file = tmp_path / "customers.csv"
    run([python, "-c", CUSTOMERS, str(file)], tmp_path)
    folder = render(answers)
    said = run([python, "scripts/loop", "--from", str(file), "--target", "churned"], folder)
    assert "churned" in said
    assert "The service answers with version 1 again" in said


CUSTOMERS = """
import csv, random, sys

random.seed(5)
with open(sys.argv[1], "w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    names = ["customer_id", "email", "age", "plan", "calls", "spend", "tenure", "churned"]
    writer.writerow(names)
    for number in range(900):
        plan = random.choice(["basic", "plus", "pro"])
        calls, tenure = random.randint(0, 12), random.randint(1, 96)
        spend = round(random.gauss({"basic": 20, "plus": 45, "pro": 80}[plan], 8), 2)
        risk = 0.35 * calls - 0.04 * tenure + (0.8 if plan == "basic" else 0) + random.gauss(0, 1)
        row = [f"C{number:05}", f"c{number}@example.com", random.randint(18, 90), plan, calls]
        writer.writerow([*row, spend, tenure, "yes" if risk > 0.6 else "no"])
"""
"""Writes another data set: an identifier, an address, a personal number, a category, labels."""


@pytest.mark.slow
@everyday
def test_the_readme_can_be_followed_word_by_word(render: Render, answers: Path) -> None:
    folder = render(answers)
    if shutil.which("make") is None or shutil.which("curl") is None:
        missing("make or curl")
    variables = {"PATH": f"{UV.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": ""}
    stopping: list[subprocess.Popen[bytes]] = []
    try:
        for command, runs_until_stopped in commands(folder / "README.md"):
            if runs_until_stopped:
                stopping.append(begin(command, folder, variables))
            else:
                run(["bash", "-c", command], folder, **variables)
    finally:
        for process in stopping:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=60)


def begin(command: str, folder: Path, variables: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a command that runs until it is stopped, in a group of its own."""
    return subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env={**clean_environment(folder), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def commands(page: Path) -> Iterator[tuple[str, bool]]:
    """Yield every command that a page shows, and whether it runs until it is stopped.

    A block below a comment such as `<!-- needs a platform -->` is left out.
    """
    for found in COMMANDS.finditer(page.read_text(encoding="utf-8")):
        note = found["note"] or ""
        for line in found["body"].splitlines():
            if line.startswith("$ ") and not note.startswith("needs "):
                yield line[2:], note == UNTIL_STOPPED
