"""Hostile answers: each is refused, or inert in every file that it reaches.

The categories are those of hostile strings: blank, too long, other letters, hidden characters,
paths, device names, marks of templates, shells, YAML, make, workflows, Dockerfiles, TOML, JSON,
Python, Markdown, terminals and reserved words. A name takes none of them. Free text takes what a
reader can see, and parses back to the very text that was given.
"""

from __future__ import annotations

import ast
import json
import re
import socket
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.templates.support import FIXTURES, small

from stackwright_cli import assets, main
from stackwright_cli.projects.answers import Answering
from stackwright_cli.projects.creation import Project, render_project

TEMPLATE = small()

NEVER = {
    "40-blank": ["", " ", "\u00a0", "\u2003", "\u3000 "],
    "41-too-long": ["x" * 41, "x" * 121, "x" * 1001, "x" * 65_536, "é" * 121],
    "43-line-end": ["a\n", "a\r\n", "a\r", "a\u2028", "a\u2029", "a\x0b", "a\x85"],
    "44-hidden": [
        "a\u202eb",
        "a\u200bb",
        "\ufeffa",
        "a\u2066b",
        "e\u0301",
        "a\u00adb",
        "\U0001f600",
    ],
    "45-surrogate": ["\ud800", "a\udfffb", "\udce9", "\ud83d\ude00", "\udc00\ud800"],
    "48-marks-of-templates": [
        "{= cookiecutter =}",
        "{% raw %}",
        "{* a *}",
        "=}",
        "{= ''.__class__.__mro__ =}",
        "{% for a in range(9999999) %}",
    ],
    "49-line-in-a-shell": ["a\nrm -rf ~", "a\n$(id)", "a\r`id`", "\n", "a\n;id"],
    "51-line-in-yaml": ["a\nb: c", "a\n- b", "a\n---\nb", "a\n...\n", "a\n  b: c"],
    "52-tab-in-make": ["a\n\tid", "\tid", "a\tb", "a\n.PHONY: b", "a\\\n\tid"],
    "55-line-elsewhere": ["a\nRUN id", "a\n[b]", 'a"\n[b]', "a\n'''", "a\x00b"],
    "58-terminal": ["\x1b[31ma", "\x1b]0;a\x07", "\x9b31m", "a\x08", "\x1b[2J"],
    "secret": [
        "ghp_0123456789abcdefghij",
        "AKIAIOSFODNN7EXAMPLE",
        "https://me:hunter2@example.com",
        "-----BEGIN PRIVATE KEY-----",
        "xoxb-123456789012-abcdef",
    ],
}
"""What no question takes, by category."""

TEXT_ONLY = {
    "42-letters": ["Capital", "under_score.dot", "1digit", "trailing-", "a..b"],
    "44-other-letters": ["\u0430\u0441\u043c\u0435", "日本語", "ünïcödé", "\u03b1\u03b2", "Straße"],
    "46-paths": ["../x", "/etc/passwd", "~root", "C:\\x", "\\\\server\\share", "a/../b"],
    "47-devices": ["NUL.", "con.", "COM1 x", "aux. x", "lpt1."],
    "48-other-templates": ["{{ 7*7 }}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{# a #}", "%(a)s"],
    "49-shells": ["$(id)", "`id`", "a; id", "a && id", "a | id", "> /tmp/x", "$HOME", "!!"],
    "50-hyphen": ["-rf", "--help", "-", "--", "-e x"],
    "51-yaml": ["a: b", "- a", "# a", "&a *a", "!!python/name:os", "[a, b]", "yes", "null", "010"],
    "52-make": ["$(shell id)", "$$HOME", "a # b", "a := b", "%: b", "@id"],
    "53-workflows": [
        "${{ github.token }}",
        "::set-output name=a::b",
        "::error::a",
        "${{ secrets.A }}",
        "$GITHUB_ENV",
    ],
    "54-gitlab": ["$CI_JOB_TOKEN", "!reference [a, b]", "${CI}", "include: a", "$[[ inputs.a ]]"],
    "55-quotes": [
        "a' OR '1'='1",
        'a"b',
        "a\\",
        'a\\"b',
        "'''",
        '"""',
        "a\\u0041",
        "FROM scratch",
        "[a]",
        "$${a}",
        "{'a': 1}",
    ],
    "57-markdown": [
        "[a](javascript:b)",
        "![a](http://b/c.png)",
        "<script>a</script>",
        "@everyone",
        "# a",
        "*a* _b_ ~c~",
        "<!-- a",
        "`a`",
        "a|b",
        "&lt;b&gt;",
    ],
    "59-colons": ["a::b", "a:b:c", "urn:a", "::", "a$b::c"],
}
"""What free text takes, and no name does, by category."""

NAMES_ONLY_REFUSED = {
    "56-python": ["class", "match", "json", "1a", "types", "import", "sklearn", "tests"],
    "60-reserved": ["kube-a", "default", "aws-a", "xn--a", "sthree-a", "a-s3alias", "localhost"],
}

FREE = ["description", "author"]
NAMES = ["project_slug", "package_name"]
OTHERS = ["ci", "guide", "workers"]

Cases = dict[str, list[str]]


def each(cases: Cases, keys: list[str]) -> list[Any]:
    return [
        pytest.param(key, text, id=f"{category}-{number}-{key}")
        for category, texts in cases.items()
        for number, text in enumerate(texts)
        for key in keys
    ]


# What is long for a name or a description may be short for another question.
REFUSED = [
    *each({k: v for k, v in NEVER.items() if not k.startswith("41")}, [*FREE, *NAMES, *OTHERS]),
    *each({"41-too-long": NEVER["41-too-long"]}, [*NAMES, *OTHERS]),
    *each({"41-too-long": NEVER["41-too-long"][2:4]}, FREE),
    *each(TEXT_ONLY, [*NAMES, *OTHERS]),
    *each({"56-python": NAMES_ONLY_REFUSED["56-python"]}, ["package_name", *OTHERS]),
    *each({"60-reserved": NAMES_ONLY_REFUSED["60-reserved"][:1]}, ["package_name"]),
    *each({"60-reserved": NAMES_ONLY_REFUSED["60-reserved"]}, ["project_slug", *OTHERS]),
]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(("key", "text"), REFUSED)
@pytest.mark.parametrize("by", ["line", "file"])
def test_a_hostile_answer_is_refused_by_name_and_nothing_is_written(
    by: str,
    key: str,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(assets, "asset_folder", lambda name: FIXTURES)
    monkeypatch.chdir(tmp_path)
    if by == "line":
        arguments = ["--set", f"{key}={text}"]
    else:
        (tmp_path / "answers.yaml").write_text(f"{key}: {json.dumps(text)}\n", encoding="utf-8")
        arguments = ["--answers", "answers.yaml"]

    assert main(["new", "small", "churn", *arguments]) == 2

    written = capsys.readouterr()
    assert written.out == ""
    *problems, _ = written.err.splitlines()
    assert problems
    assert all(key in line or "answers.yaml:1:" in line for line in problems), problems
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", written.err)
    assert all(len(line) < 400 for line in problems)
    if text in NEVER["secret"]:
        assert text not in written.err
    assert not (tmp_path / "churn").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["answers.yaml"] * (by == "file")


def project(**answers: str) -> Project:
    given = [f"{key}={text}" for key, text in answers.items()]
    return render_project(TEMPLATE, Answering(TEMPLATE).answers(given, None))


def text_of(made: Project, path: str) -> str:
    return made.files[path].content.decode("utf-8")


def parsed(made: Project) -> dict[str, tuple[str, str]]:
    """Return description and author as each format of the project gives them back."""
    toml = tomllib.loads(text_of(made, "pyproject.toml"))["project"]
    first, _ = yaml.safe_load_all(text_of(made, "settings.yaml"))
    data = json.loads(text_of(made, "settings.json"))
    module = ast.parse(text_of(made, "src/small_project/__init__.py"))
    python = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    lock = json.loads(text_of(made, "stackwright.lock"))["answers"]
    return {
        "TOML": (toml["description"], toml["authors"][0]["name"]),
        "YAML": (first["description"], first["authors"][0]["name"]),
        "JSON": (data["description"], data["author"]),
        "Python": (python["DESCRIPTION"], python["AUTHOR"]),
        "lock": (lock["description"], lock["author"]),
    }


PLAIN = project()

UNREACHED = [
    "Makefile",
    "Dockerfile",
    ".github/workflows/checks.yml",
    "scripts/run",
    "docs/guide.md",
    ".gitignore",
    "small.lock",
]
"""Files of formats that have no encoder: free text never gets there."""


def require_inert(text: str) -> None:
    made = project(description=text, author=text)
    assert set(parsed(made).values()) == {(text, text)}
    assert list(made.files) == list(PLAIN.files)
    for path in UNREACHED:
        assert made.files[path] == PLAIN.files[path], path
    assert plain_markdown(text_of(made, "README.md")) == text


def plain_markdown(readme: str) -> str:
    """Return the paragraph that holds the description as a reader of Markdown sees it.

    By CommonMark a backslash before a sign makes the sign plain. All that could begin something
    else inside a paragraph must have one.
    """
    _, heading_end, rest = readme.partition("\n\nWhat it is for: ")
    assert heading_end
    line, _, _ = rest.partition("\n\n")
    unescaped = re.sub(r"\\[!-/:-@\[-`{-~]", "", line)
    assert not re.search(r"[\\`*_\[\]<>&~$|]", unescaped), line
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", line)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=f"{category}-{number}")
        for category, texts in {**TEXT_ONLY, **NAMES_ONLY_REFUSED}.items()
        for number, text in enumerate(texts)
    ],
)
def test_hostile_free_text_is_inert_in_every_format(text: str) -> None:
    require_inert(text)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=0xFFFF), min_size=1, max_size=120))
def test_any_free_text_is_refused_or_parses_back_to_itself(text: str) -> None:
    _, problems = Answering(TEMPLATE)._given([f"description={text}", f"author={text}"], None)
    assume(not problems)
    require_inert(text)


@settings(deadline=None)
@given(st.text(st.sampled_from("\"'\\{}[]()<>$#:&*!|>%@`~,-? \u00e9n0"), min_size=1, max_size=40))
def test_any_mix_of_signs_is_refused_or_parses_back_to_itself(text: str) -> None:
    _, problems = Answering(TEMPLATE)._given([f"description={text}", f"author={text}"], None)
    assume(not problems)
    require_inert(text)


def test_every_category_has_five_cases() -> None:
    categories = {**NEVER, **TEXT_ONLY, **NAMES_ONLY_REFUSED}
    assert {name: len(texts) for name, texts in categories.items() if len(texts) < 5} == {}
    assert {int(name[:2]) for name in categories if name[:2].isdigit()} == set(range(40, 61))
