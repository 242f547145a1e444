"""The command line: help without a project, failures as words, exit codes that mean something."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.command import CommandFolder, main, root
from {= cookiecutter.package_name =}.errors import (
    AnswerNo,
    InputError,
    ModelRefused,
    ProjectError,
)

HEAVY = {"pandas", "numpy", "sklearn", "mlflow", "boto3", "pandera", "fastapi"}
COMMANDS = root.list_commands(click.Context(root))


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A command `fail` that raises what the list holds."""
    failure: list[BaseException] = []

    @click.command
    def fail() -> None:
        raise failure[0]

    monkeypatch.setattr(CommandFolder, "list_commands", lambda *_: ["fail"])
    monkeypatch.setattr(CommandFolder, "get_command", lambda *_: fail)
    return failure


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (ProjectError("it broke"), 1, "error: it broke\n"),
        (ModelRefused("not ours"), 1, "error: not ours\n"),
        (InputError(["a: wrong", "b: wrong"]), 2, "error: a: wrong\nerror: b: wrong\n"),
        (AnswerNo("12 rows are missing"), 3, "no: 12 rows are missing\n"),
        (OSError(28, "No space left", "/x"), 1, "error: /x: No space left\n"),
        (KeyboardInterrupt(), 130, "\nStopped.\n"),
        (ProjectError("red \x1b[31m"), 1, "error: red \\x1b[31m\n"),
    ],
)
def test_a_failure_is_words_and_an_exit_code(
    failing: list[BaseException],
    capsys: pytest.CaptureFixture[str],
    failure: BaseException,
    code: int,
    said: str,
) -> None:
    failing.append(failure)
    assert main(["fail"]) == code
    assert capsys.readouterr() == ("", said)


def test_a_mistake_of_ours_is_not_hidden(failing: list[BaseException]) -> None:
    failing.append(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main(["fail"])


def test_a_traceback_can_be_asked_for(
    failing: list[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing.append(InputError(["wrong"]))
    monkeypatch.setenv("PROJECT_TRACEBACK", "1")
    with pytest.raises(InputError):
        main(["fail"])


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepar"]) == 2
    assert "no command is called 'prepar'. Did you mean 'prepare'?" in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_where_there_is_no_project(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([name, "--help"]) == 0
    assert f"{PROJECT} {name}" in capsys.readouterr().out


def test_help_lists_each_command_with_its_line_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from {= cookiecutter.package_name =}.command import main;"
        " main(['--help']);"
        " print('IMPORTED', *{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    text, _, imported = done.stdout.partition("IMPORTED")
    assert all(f"\n  {name} " in text for name in COMMANDS)
    assert "Read the source, check it against the data contract" in " ".join(text.split())
    assert not HEAVY & set(imported.split())


def test_reading_the_configuration_imports_nothing_heavy(project_root: Path) -> None:
    code = (
        "from {= cookiecutter.package_name =}.project import open_project;"
        " import sys; project = open_project(); project.contract.features(); project.settings;"
        " project.storage('data').list();"
        " print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project_root,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert not HEAVY & set(done.stdout.split())


def test_without_a_project_a_command_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["status"]) == 2
    assert f"error: {tmp_path}: no project here or above" in capsys.readouterr().err
    monkeypatch.setenv("PROJECT_ROOT", str(tmp_path))
    assert main(["status"]) == 2
    assert f"{tmp_path} is no project" in capsys.readouterr().err


def test_the_project_is_found_from_a_folder_below(
    project_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project_root / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(project_root / "a" / "b")
    assert main(["status"]) == 0
    assert "data         none; run `prepare`" in capsys.readouterr().out
