"""The renderer makes Cookiecutter's bytes, and runs nothing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli.projects.conftest import MANIFEST, Write

from stackwright.errors import StackwrightError
from stackwright_cli.projects.renderer import RenderedFile, Renderer
from stackwright_cli.projects.template import read_template

ANSWERS = {"project_slug": "acme", "note": "A note"}


def rendered(
    write: Write, files: dict[str, str | bytes], answers: dict[str, Any] = ANSWERS, **settings: Any
) -> dict[str, RenderedFile]:
    return Renderer(read_template(write(files, **settings))).files(answers)


def text(write: Write, source: str, **settings: Any) -> str:
    (file,) = rendered(write, {"a": source}, **settings).values()
    return file.content.decode()


def refused(write: Write, files: dict[str, str | bytes], **settings: Any) -> str:
    with pytest.raises(StackwrightError) as caught:
        rendered(write, files, **settings)
    return str(caught.value).removeprefix("template tiny: ")


def test_braces_of_other_languages_pass_untouched(template_folder: Write) -> None:
    source = "${{ github.ref }} {{ .Values }} {# x #} ${#a[@]} [[t]] f'{x!r}' {x}\n\n"
    assert text(template_folder, source) == source


def test_blocks_and_comments_leave_no_line(template_folder: Write) -> None:
    source = "a\n  {% if cookiecutter.note %}\n  b\n  {% endif %}\n{* c *}\nd"
    assert text(template_folder, source) == "a\n  b\nd"


def test_an_answer_is_never_a_template(template_folder: Write) -> None:
    answers = {**ANSWERS, "note": "{= cookiecutter.project_slug =}{% for %}"}
    files = rendered(template_folder, {"a": "{= cookiecutter.note =}"}, answers)
    assert files["a"].content == b"{= cookiecutter.project_slug =}{% for %}"


def test_derived_values_follow_from_answers(template_folder: Write) -> None:
    source = "{= cookiecutter.__loud =} {= cookiecutter._quiet =}"
    derived = {"__loud": "{= cookiecutter.note | upper =}", "_quiet": "{= kept =}"}
    assert text(template_folder, source, **derived) == "A NOTE {= kept =}"


def test_a_number_is_text_as_under_cookiecutter(template_folder: Write) -> None:
    manifest = MANIFEST + "  count: {kind: integer, prompt: Count}\n"
    files = {"a": "{= cookiecutter.count + '0' =}"}
    folder = template_folder(files, manifest, count=1)
    rendered_files = Renderer(read_template(folder)).files({**ANSWERS, "count": 12})
    assert rendered_files["a"].content == b"120"


def test_paths_are_rendered_and_an_empty_file_name_is_left_out(template_folder: Write) -> None:
    files: dict[str, str | bytes] = {
        "src/{= cookiecutter.project_slug =}/a.py": "",
        "only/{% if cookiecutter.note == 'x' %}b{% endif %}": "",
        "{% if cookiecutter.note != 'x' %}c{% endif %}": "",
    }
    assert list(rendered(template_folder, files)) == ["c", "src/acme/a.py"]


@pytest.mark.parametrize("pattern", ["*.bin", "static", "static/*", "static/deep"])
def test_a_copied_file_keeps_its_bytes(pattern: str, template_folder: Write) -> None:
    content = b"{= nothing =}\r\n\xff\0"
    files: dict[str, str | bytes] = {"static/deep/a.bin": content}
    made = rendered(template_folder, files, _copy_without_render=[pattern])
    assert made["static/deep/a.bin"] == RenderedFile(content, "100644", copied=True)


@pytest.mark.parametrize(
    "source",
    [
        "{= ''.__class__.__mro__ =}",
        "{= cookiecutter.__class__ =}",
        "{= ().__class__.__base__.__subclasses__() =}",
        "{= cookiecutter.update({'note': 'x'}) =}",
        "{= cookiecutter._copy_without_render.append('x') =}",
        "{= lipsum.__globals__ =}",
        "{= '%s'.format.__globals__ =}",
        "{= '{0.__class__}'.format(1) =}",
        "{= missing =}",
        "{= cookiecutter.missing =}",
        "{= range(1000000) | list =}",
        "{% include 'a' %}",
        "{% import 'a' as b %}",
        "{= 1 / 0 =}",
        "{= cookiecutter.note",
        "{= now =}",
        "{= uuid4() =}",
        "{= cookiecutter | jsonify =}",
        "{= random_ascii_string(3) =}",
    ],
)
def test_an_expression_that_reaches_out_is_refused(source: str, template_folder: Write) -> None:
    assert refused(template_folder, {"a": source}).startswith("a cannot be rendered: ")


@pytest.mark.parametrize(
    ("name", "note", "said"),
    [
        ("{= cookiecutter.note =}/a", "..", "'..' is no name"),
        ("{= cookiecutter.note =}/a", "", "'' is no name"),
        ("{= cookiecutter.note =}", "/etc/passwd", "'/etc/passwd' holds a sign"),
        ("{= cookiecutter.note =}", "a\\b", "holds a sign"),
        ("{= cookiecutter.note =}", "a\0b", "holds a sign"),
        ("{= cookiecutter.note =}", "nul.txt", "is the name of a device on Windows"),
    ],
)
def test_a_path_that_leaves_the_project_is_refused(
    name: str, note: str, said: str, template_folder: Write
) -> None:
    folder = template_folder({name: ""})
    with pytest.raises(StackwrightError) as caught:
        Renderer(read_template(folder)).files({**ANSWERS, "note": note})
    assert said in str(caught.value)


def test_two_files_of_one_path_are_refused(template_folder: Write) -> None:
    files: dict[str, str | bytes] = {"acme": "", "{= cookiecutter.project_slug =}": ""}
    assert refused(template_folder, files).startswith("two files are rendered to acme")


def test_paths_that_differ_in_capitals_are_refused(template_folder: Write) -> None:
    said = refused(template_folder, {"ACME": "", "{= cookiecutter.project_slug =}": ""})
    assert said.startswith("acme and ACME differ in capitals only")
