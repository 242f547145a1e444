"""Answers: from the command line, a file, a person and the defaults, all checked alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.templates.support import small

from stackwright.errors import InputError
from stackwright_cli import console
from stackwright_cli.projects.answers import Answering

DEFAULTS = {
    "project_slug": "small-project",
    "package_name": "small_project",
    "description": "A project that is small",
    "author": "The authors",
    "ci": "github",
    "guide": True,
    "workers": 2,
}


def answered(
    values: Sequence[str] = (), file: Path | None = None, folder_name: str = ""
) -> dict[str, Any]:
    return Answering(small(), folder_name).answers(values, file)


def refused(values: Sequence[str] = (), file: Path | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        answered(values, file)
    return [str(problem) for problem in caught.value.problems]


def test_without_a_word_every_answer_is_its_default() -> None:
    answers = answered()
    assert answers == DEFAULTS
    assert list(answers) == list(DEFAULTS)


def test_the_folder_names_the_project_where_its_name_is_one() -> None:
    assert answered(folder_name="churn")["project_slug"] == "churn"
    assert answered(folder_name="churn")["package_name"] == "churn"
    assert answered(folder_name="Churn 2")["project_slug"] == "small-project"
    assert answered(["project_slug=other"], folder_name="churn")["project_slug"] == "other"


def test_answers_of_the_command_line_have_the_type_of_their_question() -> None:
    answers = answered(["guide=false", "workers=16", "ci=none", "description=a=b: 1"])
    assert answers["guide"] is False
    assert answers["workers"] == 16
    assert answers["ci"] == "none"
    assert answers["description"] == "a=b: 1"


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("project_slug: churn\nworkers: 3\nguide: false\n", encoding="utf-8")
    answers = answered(["workers=4"], file)
    assert answers == {
        **DEFAULTS,
        "project_slug": "churn",
        "package_name": "churn",
        "workers": 4,
        "guide": False,
    }


def test_every_wrong_answer_is_listed_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(
        "project_slug: Churn\nworkers: '3'\nguide: yes\nauthr: me\nci: null\n", encoding="utf-8"
    )
    known = "known keys are: project_slug, package_name, description, author, ci, guide, workers."
    assert refused(["workers=17", "workers=3", "pakage_name=a", "oops", "ci=gitlub"], file) == [
        f'{file}:1:15: project_slug: "Churn" does not fit; a name of at most 32 lower-case letters,'
        " digits and single hyphens, which starts with a letter and does not end with a hyphen,"
        " is expected.",
        f'{file}:2:10: workers: "3" is text; a whole number from 1 to 16 is expected.'
        " Remove the quotes.",
        f"{file}:3:8: guide: yes is not a truth value; true or false is expected."
        " Write true or false.",
        f"{file}:4:1: authr: there is no such key; {known} Did you mean author?",
        f"{file}:5:5: ci: a value is missing; one of github, none is expected.",
        '--set "workers" is given twice.',
        '--set "oops": KEY=VALUE is expected.',
        'ci: "gitlub" is not allowed here; one of github, none is expected. Did you mean github?',
        "workers: 17 is above 16; a whole number from 1 to 16 is expected.",
        f"pakage_name: there is no such key; {known} Did you mean package_name?",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ":1:1: the file is empty."),
        ("- a\n", ":1:1: the file is a list; a mapping (`key: value`) is expected."),
        ("author: &a x\n", "anchor"),
        ("author: a\nauthor: b\n", ":2:1: author: "),
        ("[project]\nname = 'a'\n", "TOML"),
        ("author: [a\n", "bracket"),
        ("author: !!python/name:os.system x\n", "tag"),
        ("author: caf\udce9\n", "not UTF-8"),
        ("author: " + "x" * 2_000_000, "limit"),
    ],
)
def test_a_file_of_answers_has_the_limits_of_a_blueprint(
    content: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    (problem,) = refused([], file)
    assert problem.startswith(str(file))
    assert said in problem
    assert "blueprint" not in problem.removeprefix(str(file))


def test_a_missing_file_is_refused_beside_other_problems(tmp_path: Path) -> None:
    said = refused(["workers=0"], tmp_path / "answers.yaml")
    assert len(said) == 2
    assert said[0].startswith(str(tmp_path / "answers.yaml"))


def test_a_default_that_does_not_fit_names_how_to_give_another() -> None:
    assert refused(["project_slug=json"]) == [
        'package_name: "json" is a module of Python itself; choose another name.'
        " This is the default; give another with --set package_name=..."
    ]


@pytest.mark.parametrize(
    "value",
    [
        "description=ghp_0123456789abcdefghij",
        "author=AKIAIOSFODNN7EXAMPLE",
        "author=postgresql://me:hunter2@example.com/db",
        "description=-----BEGIN PRIVATE KEY-----",
    ],
)
def test_a_secret_is_refused_and_never_repeated(value: str) -> None:
    (problem,) = refused([value])
    assert "this looks like a secret" in problem
    assert value.partition("=")[2] not in problem


class Person:
    """Somebody at a terminal, with what they type."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
        self.typed = list(typed)
        self.asked: list[tuple[str, str]] = []
        monkeypatch.setattr(console, "is_interactive", lambda: True)
        monkeypatch.setattr(console, "ask", self.ask)

    def ask(self, question: str, default: str) -> str:
        self.asked.append((question, default))
        return self.typed.pop(0) if self.typed else default


def test_at_a_terminal_what_was_not_given_is_asked_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(monkeypatch, "churn", "my_churn", "For me", "none", "false", "3")
    answers = answered(["author=Me"])
    assert person.asked == [
        ("Name of the project", "small-project"),
        ("Name of the Python package", "churn"),
        ("What the project is for", "A project that is small"),
        ("Continuous integration (github, none)", "github"),
        ("With a guide (true, false)", "true"),
        ("Workers of the service", "2"),
    ]
    assert answers == {
        "project_slug": "churn",
        "package_name": "my_churn",
        "description": "For me",
        "author": "Me",
        "ci": "none",
        "guide": False,
        "workers": 3,
    }
    assert capsys.readouterr().err == "It names the project's folder and its image.\n"


def test_a_wrong_answer_is_asked_again_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(monkeypatch, "Churn", "json", "json", "churn")
    answers = answered()
    assert [question for question, _ in person.asked[:4]] == [
        "Name of the project",
        "Name of the project",
        "Name of the Python package",
        "Name of the Python package",
    ]
    assert answers["project_slug"] == "json"
    assert answers["package_name"] == "churn"
    said = capsys.readouterr().err
    assert 'error: "Churn" does not fit; a name of at most 32 ' in said
    assert "is a module of Python itself; choose another name." in said


def test_nobody_is_asked_after_a_wrong_answer_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = Person(monkeypatch)
    assert len(refused(["workers=0"])) == 1
    assert person.asked == []
