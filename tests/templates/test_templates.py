"""What every template keeps to, beyond what the renderer demands."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import pytest
from tests.templates.support import ANSWERS, CASE_IDS, CASES, FOLDERS, answers_in, small

from stackwright_cli.projects.creation import render_project
from stackwright_cli.projects.manifest import TextQuestion
from stackwright_cli.projects.renderer import Renderer
from stackwright_cli.projects.template import Template, read_template

EXPRESSION = re.compile(r"\{=(.*?)=\}|\{%(.*?)%\}", re.DOTALL)

ENCODED = (".json", ".py", ".toml", ".yaml", ".yml")
"""Files whose formats hold what Jinja's `tojson` writes."""


def unencoded(template: Template) -> list[str]:
    """Return each place where free text enters a file without the encoder of its format."""
    texts = [k for k, question in template.manifest.questions.items() if _is_text(question)]
    texts += [
        key
        for key, value in template.settings.items()
        if key.startswith("__") and any(f"cookiecutter.{text}" in value for text in texts)
    ]
    return [
        f"{path}: {match[0]}"
        for path, content in template.files.items()
        if not template.is_copied(path)
        for match in EXPRESSION.finditer(content.decode("utf-8"))
        for key in texts
        if _names(key, match) and not _fits(path, key, match[1] or match[2])
    ]


def _names(key: str, match: re.Match[str]) -> bool:
    return re.search(rf"\bcookiecutter\.{key}\b", match[0]) is not None


def _is_text(question: object) -> bool:
    return isinstance(question, TextQuestion)


def _fits(path: str, key: str, inside: str) -> bool:
    name = PurePosixPath(path).name
    if key.startswith("__"):
        # A derived value escapes for Markdown, the one format that Jinja has no filter for.
        return name.endswith(".md") and inside.strip() == f"cookiecutter.{key}"
    if ".github" in PurePosixPath(path).parts:
        return False
    if PurePosixPath(path).suffix in ENCODED:
        return inside.strip() == f"cookiecutter.{key} | tojson"
    # Nothing reads the name of a licence's holder but people.
    return name == "LICENSE" and inside.strip() == f"cookiecutter.{key}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_free_text_enters_a_file_through_the_encoder_of_its_format_only(folder: Path) -> None:
    assert unencoded(read_template(folder)) == []


def test_free_text_without_an_encoder_is_found() -> None:
    template = small()
    planted = {
        "Makefile": b"# {= cookiecutter.description =}\n",
        "a.yaml": b"a: '{= cookiecutter.author =}'\n",
        ".github/workflows/a.yml": b"name: {= cookiecutter.author | tojson =}\n",
        "b.py": b"B = {= cookiecutter.author | tojson =}\n",
        "c.sh": b"# {= cookiecutter.__description_markdown =}\n",
        "d.md": b"a {= cookiecutter.__description_markdown =}\n",
    }
    damaged = Template(
        template.name, template.manifest, template.settings, planted, template.digest
    )
    assert unencoded(damaged) == [
        "Makefile: {= cookiecutter.description =}",
        "a.yaml: {= cookiecutter.author =}",
        ".github/workflows/a.yml: {= cookiecutter.author | tojson =}",
        "c.sh: {= cookiecutter.__description_markdown =}",
    ]


HOSTILE = 'a\' "b" \\ `id` $(id) ${{ github.token }} {{ a }} <b> [c](d) # e: - | é'


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_hostile_text_reaches_only_files_that_can_hold_it_and_they_parse(folder: Path) -> None:
    template = read_template(folder)
    plain = answers_in(template, ANSWERS / folder.name / "everyday.yaml")
    texts = {
        k: HOSTILE for k, question in template.manifest.questions.items() if _is_text(question)
    }
    before = render_project(template, plain).files
    after = render_project(template, {**plain, **texts}).files
    changed = {path for path in after if after[path] != before[path]}
    assert changed - {"LICENSE", "stackwright.lock", ".stackwright/base.json"} == {
        path
        for path in changed
        if PurePosixPath(path).suffix in (*ENCODED, ".md") and not path.startswith(".")
    }
    held = tomllib.loads(after["pyproject.toml"].content.decode("utf-8"))["project"]
    assert HOSTILE in held["description"]


@pytest.mark.parametrize(("folder", "file"), CASES, ids=CASE_IDS)
def test_every_set_of_answers_makes_a_sound_project(folder: Path, file: Path) -> None:
    template = read_template(folder)
    project = render_project(template, answers_in(template, file))
    assert len(project.files) > 10


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_pattern_of_a_template_names_a_file(folder: Path) -> None:
    template = read_template(folder)
    answers = answers_in(template, ANSWERS / folder.name / "longest.yaml")
    paths = list(Renderer(template).files(answers))
    patterns = [*template.manifest.yours, *template.manifest.locks]
    unused = [item for item in patterns if not any(fnmatchcase(path, item) for path in paths)]
    sources = list(template.files)
    unused += [
        item
        for item in template.settings["_copy_without_render"]
        if not any(fnmatchcase(path, item) for path in sources)
    ]
    assert unused == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_project_can_be_called_like_a_package_that_it_installs(folder: Path) -> None:
    template = read_template(folder)
    lock = template.files.get("requirements.lock", b"").decode("utf-8")
    installed = re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)
    names = {re.sub(r"[-_.]+", "_", name).lower() for name in installed}
    assert names - set(template.manifest.reserved_packages) == set()


@pytest.mark.parametrize(("folder", "file"), CASES, ids=CASE_IDS)
def test_every_lock_parses(folder: Path, file: Path) -> None:
    template = read_template(folder)
    files = Renderer(template).files(answers_in(template, file))
    for path in (path for path in files if PurePosixPath(path).name == "uv.lock"):
        assert tomllib.loads(files[path].content.decode("utf-8"))["package"]
