"""Every template is Cookiecutter's: the plain `cookiecutter` command makes the same files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.templates.support import ANSWERS, CASE_IDS, CASES, FOLDERS, answers_in, tree

from stackwright_cli.projects.answers import Answering
from stackwright_cli.projects.renderer import Renderer
from stackwright_cli.projects.template import EXECUTABLE, mode_of, read_template


def cookiecutter(folder: Path, answers: Mapping[str, Any], place: Path) -> Path:
    """Render a template with the unmodified command; return the project's folder."""
    home = place / "home"
    home.mkdir()
    values = [
        f"{key}={str(value).lower() if isinstance(value, bool) else value}"
        for key, value in answers.items()
    ]
    command = [sys.executable, "-m", "cookiecutter", "--no-input", "--output-dir", str(place)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*command, str(folder), *values], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return place / str(answers["project_slug"])


@pytest.mark.parametrize(("folder", "file"), CASES, ids=CASE_IDS)
def test_cookiecutter_renders_the_same_files(folder: Path, file: Path, tmp_path: Path) -> None:
    template = read_template(folder)
    answers = answers_in(template, file)
    ours = {
        path: (rendered.content, rendered.mode == EXECUTABLE)
        for path, rendered in Renderer(template).files(answers).items()
    }
    assert tree(cookiecutter(folder, answers, tmp_path)) == ours


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_defaults_are_those_of_cookiecutter(folder: Path, tmp_path: Path) -> None:
    template = read_template(folder)
    defaults = Answering(template).answers([], None)
    rendered = Renderer(template).files(defaults)
    project = cookiecutter(folder, {"project_slug": defaults["project_slug"]}, tmp_path)
    assert {path: content for path, (content, _) in tree(project).items()} == {
        path: file.content for path, file in rendered.items()
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_template_has_three_sets_of_answers_to_every_question(folder: Path) -> None:
    template = read_template(folder)
    files = sorted((ANSWERS / folder.name).glob("*.yaml"))
    assert {"everyday", "longest", "shortest"} <= {file.stem for file in files}
    longest = answers_in(template, ANSWERS / folder.name / "longest.yaml")
    assert len(longest["project_slug"]) == 32
    for file in files:
        given = [line.partition(":")[0] for line in file.read_text("utf-8").splitlines()]
        assert set(template.manifest.questions) <= set(given), file


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_file_of_the_checkout_can_be_run_when_it_is_a_script(folder: Path) -> None:
    wrong = [
        str(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and (mode_of(path.read_bytes()) == EXECUTABLE) != (path.stat().st_mode & 0o100 != 0)
    ]
    assert wrong == []
