"""An installed Stackwright makes the same projects as a checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.templates.support import ANSWERS, FIXTURES, FOLDERS, answers_in, tree

from stackwright_cli.assets import asset_folder
from stackwright_cli.projects.creation import render_project
from stackwright_cli.projects.template import Template, read_template

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

SOURCES = (
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "pyproject.toml"),
    *("cli", "components", "stacks", "templates"),
)
"""What is copied to build from, so that the fixture can stand beside the templates that ship."""


def run(command: Sequence[str | Path], folder: Path, **variables: str) -> str:
    """Run a program in a folder; return what it answers."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source archive, and the wheel from it, with the fixture as one more template."""
    copy = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in SOURCES:
        source, target = ROOT / name, copy / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    small = copy / "templates" / "small"
    shutil.copytree(FIXTURES / "small", small)
    # What an editor or a test run leaves in a checkout must not be shipped.
    (small / "__pycache__").mkdir()
    (small / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"\0")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", "."], copy)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel with pip, which compiles every Python file that it finds."""
    site = tmp_path_factory.mktemp("site")
    target = ["--no-deps", "--no-index", "--compile", "--target", str(site / "packages")]
    run([sys.executable, "-m", "pip", "install", "--quiet", *target, wheel], site)
    return site / "packages"


def templates(installed: Path) -> list[Template]:
    """Return the templates of the installation, as this checkout reads them."""
    folder = installed / "stackwright_cli" / "templates"
    return [read_template(folder / source.name) for source in FOLDERS]


def test_the_wheel_carries_every_file_of_every_template(wheel: Path) -> None:
    begin = "stackwright_cli/templates/"
    names = [n.removeprefix(begin) for n in zipfile.ZipFile(wheel).namelist() if begin in n]
    expected = {
        path.relative_to(folder.parent).as_posix()
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(names) == {*expected, "README.md"}


def test_the_templates_of_an_installation_have_the_digests_of_the_checkout(
    installed: Path,
) -> None:
    assert [template.digest for template in templates(installed)] == [
        read_template(folder).digest for folder in FOLDERS
    ]


def test_an_installation_makes_the_same_files(installed: Path, tmp_path: Path) -> None:
    for source in FOLDERS:
        answers = ANSWERS / source.name / "everyday.yaml"
        program = [sys.executable, "-m", "stackwright_cli", "new", source.name, "made"]
        place = tmp_path / source.name
        place.mkdir()
        output = run(
            [*program, "--answers", answers, "--format", "json"],
            place,
            PYTHONPATH=str(installed),
            LC_ALL="C",
        )
        template = read_template(source)
        project = render_project(template, answers_in(template, answers))
        assert json.loads(output)["template"]["digest"] == template.digest
        assert tree(place / "made") == {
            path: (file.content, file.mode == "100755") for path, file in project.files.items()
        }


def test_the_installation_is_what_was_run(installed: Path, tmp_path: Path) -> None:
    program = "import stackwright_cli; print(stackwright_cli.__file__)"
    place = run([sys.executable, "-c", program], tmp_path, PYTHONPATH=str(installed)).strip()
    assert Path(place).is_relative_to(installed)
    assert not Path(place).is_relative_to(asset_folder("templates").parent)
