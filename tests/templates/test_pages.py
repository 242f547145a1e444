"""The pages of a rendered project: links lead somewhere, and commands are ones that work."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest
from tests.templates.support import ANSWERS, CASE_IDS, CASES, answers_in

from stackwright_cli.assets import asset_folder
from stackwright_cli.projects.creation import render_project
from stackwright_cli.projects.template import find_template, read_template

LINK = re.compile(r"(?<!\\)\]\((?!https?://)([^)#\s]*)#?([^)\s]*)\)")

PLATFORM = Path(__file__).parents[2] / "examples" / "existing-cluster" / "blueprint.yaml"


def pages_of(folder: Path, answers: Path) -> tuple[dict[str, str], set[str]]:
    """Return the text of each page of a project, and the paths of all its files."""
    template = read_template(folder)
    files = render_project(template, answers_in(template, answers)).files
    pages = {path: f.content.decode("utf-8") for path, f in files.items() if path.endswith(".md")}
    return pages, set(files)


def anchors(text: str) -> set[str]:
    """Return what GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("folder", "answers"), CASES, ids=CASE_IDS)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(folder: Path, answers: Path) -> None:
    pages, paths = pages_of(folder, answers)
    broken = []
    for page, text in pages.items():
        for path, heading in LINK.findall(text):
            target = normpath(join(dirname(page), path)) if path else page
            if target not in paths or (heading and heading not in anchors(pages[target])):
                broken.append(f"{page}: {path}#{heading}")
    assert broken == []


@pytest.mark.parametrize("page", ["README.md", "docs/platform.md"])
def test_the_command_that_connects_a_project_works_as_it_is_written(
    tmp_path: Path, page: str
) -> None:
    template = find_template("tabular-service", asset_folder("templates"))
    answers = answers_in(template, ANSWERS / template.name / "everyday.yaml")
    files = render_project(template, answers).files
    project, platform = tmp_path / "project", tmp_path / "platform"
    project.mkdir()
    (project / "stackwright.lock").write_bytes(files["stackwright.lock"].content)
    platform.mkdir()
    (platform / "blueprint.yaml").write_bytes(PLATFORM.read_bytes())
    text = files[page].content.decode("utf-8")
    (command,) = re.findall(r"^\$ (stackwright wire .*)$", text, re.MULTILINE)
    arguments = [sys.executable, "-m", "stackwright_cli", *shlex.split(command)[1:]]
    done = subprocess.run(arguments, cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [file.name for file in (project / "wiring").iterdir()] == ["dev.json"]
