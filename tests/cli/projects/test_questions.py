"""What an answer may be, by the kind of its question."""

from __future__ import annotations

import keyword
import re
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stackwright.blueprint.names import ProjectName
from stackwright_cli.projects.manifest import TemplateManifest
from stackwright_cli.projects.questions import allowed, answers_model

MANIFEST = TemplateManifest.model_validate_json(
    """{"title": "T", "summary": "S", "version": "1.0.0",
    "reserved_packages": ["sklearn", "scikit_learn"],
    "questions": {
      "project_slug": {"kind": "slug", "prompt": "S"},
      "package_name": {"kind": "package", "prompt": "P"},
      "note": {"kind": "text", "prompt": "N", "maximum": 10},
      "ci": {"kind": "choice", "prompt": "C", "choices": {"github": "A", "none": "B"}},
      "guide": {"kind": "boolean", "prompt": "G"},
      "workers": {"kind": "integer", "prompt": "W", "minimum": 1, "maximum": 9}}}"""
)

MODEL = answers_model(MANIFEST)


def is_accepted(**answers: Any) -> bool:
    try:
        MODEL.model_validate(answers, strict=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("slug", ["a", "a1", "a-b", "customer-churn", "x" * 32])
def test_a_dns_label_is_a_slug(slug: str) -> None:
    assert is_accepted(project_slug=slug)


@pytest.mark.parametrize(
    "slug",
    [
        *[
            "",
            "A",
            "1a",
            "-a",
            "a-",
            "a--b",
            "a_b",
            "a.b",
            "a\n",
            " a",
            "x" * 41,
            "\u0430",
            "a\u200b",
        ],
        *["default", "localhost", "local", "kube-a", "aws-a", "amzn-a", "sthree-a", "xn--a"],
        *["con", "nul", "com1", "my-s3alias", "yes", "on", "null", "n", "sklearn", "scikit-learn"],
        *["../a", "/a", "~", "a/b", "C:", "{=a=}", "${a}", "`a`", "@a", "a;b", "a b"],
    ],
)
def test_what_some_service_refuses_or_keeps_is_no_slug(slug: str) -> None:
    assert not is_accepted(project_slug=slug)


@example("a")
@given(st.from_regex(r"[a-z](-?[a-z0-9]){0,33}", fullmatch=True))
def test_every_slug_is_a_name_that_a_platform_registers(slug: str) -> None:
    if is_accepted(project_slug=slug):
        assert TypeAdapter(ProjectName).validate_python(slug, strict=True) == slug


@pytest.mark.parametrize("package", ["a", "a1", "a_b", "customer_churn", "x" * 40])
def test_a_plain_identifier_is_a_package(package: str) -> None:
    assert is_accepted(package_name=package)


@pytest.mark.parametrize(
    "package",
    [
        *["", "A", "1a", "_a", "a_", "a__b", "a-b", "a.b", "a\n", "x" * 41, "\u0430"],
        *["class", "match", "case", "type", "import", "none\u0301"],
        *[
            "json",
            "types",
            "test",
            "tests",
            "site",
            "this",
            "antigravity",
            "con",
            "sklearn",
            "true",
            "y",
        ],
    ],
)
def test_what_cannot_be_imported_or_hides_a_module_is_no_package(package: str) -> None:
    assert not is_accepted(package_name=package)


@given(st.from_regex(r"[a-z_0-9]{1,42}", fullmatch=True))
def test_every_package_that_is_accepted_can_be_imported(package: str) -> None:
    if is_accepted(package_name=package):
        assert package.isidentifier()
        assert not keyword.iskeyword(package)
        assert package not in sys.stdlib_module_names


@given(st.text(max_size=50))
def test_every_slug_that_is_accepted_is_a_dns_label(slug: str) -> None:
    if is_accepted(project_slug=slug):
        assert re.fullmatch(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", slug)


@pytest.mark.parametrize("note", ["a", "é日本", "{{ a }}", "${a}", "#: 'a'", "a" * 10])
def test_a_line_of_visible_characters_is_text(note: str) -> None:
    assert is_accepted(note=note)


@pytest.mark.parametrize(
    "note",
    [
        *["", " ", "a ", " a", "a" * 11, "a\n", "a\tb", "a\0", "\x1b[31m", "\x7f", "\x85"],
        *["\u202ea", "a\u200bb", "\ufeffa", "e\u0301", "😀", "\ud800", "\u2028"],
        *["{= a", "=}", "{% a", "a %}", "{* a", "*}"],
    ],
)
def test_what_is_hidden_or_cannot_be_encoded_is_no_text(note: str) -> None:
    assert not is_accepted(note=note)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("ci", "gitlab"),
        ("ci", "GitHub"),
        ("ci", None),
        ("ci", True),
        ("guide", "true"),
        ("guide", 1),
        ("guide", None),
        ("workers", "1"),
        ("workers", 0),
        ("workers", 10),
        ("workers", 1.0),
        ("workers", True),
        ("workers", 10**400),
        ("note", 1),
        ("note", None),
        ("project_slug", ["a"]),
        ("other", "a"),
    ],
)
def test_an_answer_of_another_type_is_refused(key: str, answer: Any) -> None:
    assert not is_accepted(**{key: answer})


def test_what_is_allowed_is_said_for_every_kind() -> None:
    words = {key: allowed(question) for key, question in MANIFEST.questions.items()}
    assert words["ci"] == "one of github, none"
    assert words["guide"] == "true or false"
    assert words["workers"] == "a whole number from 1 to 9"
    assert words["note"] == "one line of text of 1 to 10 characters"
    assert words["project_slug"].startswith("a name of at most 32 lower-case letters")
    assert words["package_name"].endswith("that no module of Python or of the project has")
