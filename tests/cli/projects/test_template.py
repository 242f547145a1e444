"""A template is read whole, and refused when it breaks a rule of the format."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.cli.projects.conftest import MANIFEST, Write

from stackwright.errors import StackwrightError, UnknownName
from stackwright_cli.projects.template import (
    JINJA_SETTINGS,
    find_template,
    mode_of,
    read_template,
    template_names,
)


def refused(folder: Path) -> str:
    with pytest.raises(StackwrightError) as caught:
        read_template(folder)
    assert caught.value.exit_code == 1
    return str(caught.value).removeprefix("template tiny: ")


def test_a_template_has_the_files_below_its_root(template_folder: Write) -> None:
    folder = template_folder({"b/c.txt": "c\n", "a.txt": "a\n"})
    template = read_template(folder)
    assert template.name == "tiny"
    assert template.files == {"a.txt": b"a\n", "b/c.txt": b"c\n"}
    assert list(template.files) == ["a.txt", "b/c.txt"]
    assert list(template.manifest.questions) == ["project_slug", "note"]


def test_the_digest_follows_paths_and_contents_and_nothing_else(template_folder: Write) -> None:
    folder = template_folder({"run": "#!/bin/sh\n"})
    before = read_template(folder).digest
    root = folder / "{= cookiecutter.project_slug =}"
    (root / "run").chmod(0o755)
    os.utime(root / "run", (1, 1))
    (root / "__pycache__").mkdir()
    (root / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"\0")
    (root / "b.pyc").write_bytes(b"\0")
    assert read_template(folder).digest == before
    (root / "run").rename(root / "start")
    renamed = read_template(folder).digest
    (root / "start").write_text("#!/bin/sh\n\n", encoding="utf-8")
    assert len({before, renamed, read_template(folder).digest}) == 3


def test_what_pip_compiles_in_a_template_is_no_file_of_it(template_folder: Write) -> None:
    folder = template_folder({"a.py": "", "__pycache__/a.cpython-311.pyc": b"\0", "b.pyc": b"\0"})
    assert list(read_template(folder).files) == ["a.py"]


def test_a_script_can_be_run_wherever_the_template_came_from() -> None:
    assert mode_of(b"#!/bin/sh\n") == "100755"
    assert mode_of(b"# !/bin/sh\n") == "100644"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"_extensions": ["os.path"]}, "_extensions is refused"),
        ({"_new_lines": "\r\n"}, "_new_lines is refused"),
        ({"__prompts__": {}}, "__prompts__ is refused"),
        ({"_jinja2_env_vars": {**JINJA_SETTINGS, "extensions": ["a"]}}, "_jinja2_env_vars is not"),
        ({"_jinja2_env_vars": {**JINJA_SETTINGS, "loader": "a"}}, "_jinja2_env_vars is not"),
        ({"_jinja2_env_vars": {}}, "_jinja2_env_vars is not"),
        ({"_copy_without_render": "a"}, "_copy_without_render is no list of patterns"),
        ({"__derived": ["a"]}, "__derived is no text"),
        ({"_private": {"a": "b"}}, "_private is no text"),
        ({"other": "a"}, "its questions are not those of template.yaml"),
        ({"note": 3}, "note: its default is no str"),
        ({"note": ["a", "b"]}, "note: its default is no str"),
    ],
)
def test_a_setting_that_runs_code_or_guesses_is_refused(
    settings: dict[str, Any], said: str, template_folder: Write
) -> None:
    folder = template_folder({"a": "a\n"}, **settings)
    assert refused(folder).startswith(f"cookiecutter.json: {said}")


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("", "template.yaml:1:1: the blueprint is empty"),
        (MANIFEST + "hooks: [a]\n", "template.yaml:7:1: hooks: there is no such key"),
        (MANIFEST.replace("1.0.0", "one"), "template.yaml:3:10: version: "),
        (MANIFEST.replace("kind: slug", "kind: word"), '"word" is not known; one of slug, package'),
        (MANIFEST.replace("kind: slug", "kind: text"), "a question project_slug of kind slug"),
        (MANIFEST + "wiring: {Tracker: {uri: required}}\n", "Tracker is no contract; there are:"),
        (
            MANIFEST + "wiring: {ObjectStore: {bucket: required}}\n",
            "ObjectStore promises no bucket.",
        ),
        (MANIFEST + "wiring: {ObjectStore: {region: perhaps}}\n", "required, optional"),
        (MANIFEST + "  items: {kind: text, prompt: A}\n", "items cannot be the key of a question"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_at_its_place(
    manifest: str, said: str, template_folder: Write
) -> None:
    assert said in refused(template_folder({"a": "a\n"}, manifest))


def test_choices_are_those_of_cookiecutter_in_its_order(template_folder: Write) -> None:
    manifest = MANIFEST + "  ci: {kind: choice, prompt: CI, choices: {github: A, none: B}}\n"
    folder = template_folder({"a": "a\n"}, manifest, ci=["none", "github"])
    template = read_template(folder)
    (*_, question) = template.manifest.questions.values()
    assert list(question.model_dump()["choices"]) == ["none", "github"]
    shutil.rmtree(folder)
    folder = template_folder({"a": "a\n"}, manifest, ci=["none", "gitlab"])
    assert refused(folder).startswith("cookiecutter.json: ci: its choices are not those of")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"caf\xe9\n", "a is no UTF-8 text, and _copy_without_render does not name it"),
        (b"a\0b\n", "a is no UTF-8 text, and _copy_without_render does not name it"),
        (b"a\r\nb\r\n", "a has line ends other than LF"),
    ],
)
def test_a_file_that_is_no_plain_text_is_refused_unless_it_is_copied(
    content: bytes, said: str, template_folder: Write
) -> None:
    folder = template_folder({"a": content})
    assert refused(folder).startswith(said)
    shutil.rmtree(folder)
    folder = template_folder({"a": content}, _copy_without_render=["a"])
    assert read_template(folder).files == {"a": content}


@pytest.mark.parametrize("kind", ["file", "folder", "broken", "pipe"])
def test_links_and_special_files_are_refused(
    kind: str, template_folder: Write, tmp_path: Path
) -> None:
    folder = template_folder({"a": "a\n"})
    path = folder / "{= cookiecutter.project_slug =}" / "b"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"file": "a", "folder": str(tmp_path), "broken": "nowhere"}[kind])
    with pytest.raises(StackwrightError, match="links and special files are refused"):
        read_template(folder)


@pytest.mark.parametrize("name", ["hooks/pre_gen_project.py", "local_extensions.py"])
def test_hooks_and_local_extensions_are_refused(name: str, template_folder: Write) -> None:
    folder = template_folder({"a": "a\n"})
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("print(1)\n", encoding="utf-8")
    assert refused(folder).startswith(f"{name} stands outside the folder")


def test_a_template_without_files_is_refused(template_folder: Write) -> None:
    assert "is missing or empty" in refused(template_folder({}))


def test_templates_are_found_by_looking(template_folder: Write, tmp_path: Path) -> None:
    template_folder({"a": "a\n"})
    (tmp_path / "other").mkdir()
    (tmp_path / "README.md").write_text("Templates\n", encoding="utf-8")
    assert template_names(tmp_path) == ["tiny"]
    assert find_template("tiny", tmp_path).name == "tiny"


@pytest.mark.parametrize("name", ["tinny", "../tiny", "tiny/", "", "/tiny"])
def test_an_unknown_template_is_refused_and_the_known_are_named(
    name: str, template_folder: Write, tmp_path: Path
) -> None:
    template_folder({"a": "a\n"})
    with pytest.raises(UnknownName) as caught:
        find_template(name, tmp_path)
    assert str(caught.value).startswith(f'no template is called "{name}"; there are: tiny.')


def test_the_nearest_template_is_named(template_folder: Write, tmp_path: Path) -> None:
    template_folder({"a": "a\n"})
    with pytest.raises(UnknownName, match=r"Did you mean tiny\?"):
        find_template("tinny", tmp_path)
