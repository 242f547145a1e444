"""The command `stackwright`: its help, its errors and its exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import stackwright
import stackwright_cli
from stackwright_cli import CommandFolder, main

Plant = Callable[[str, str], None]


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Give the root group a folder of its own, and a way to put a command into it."""
    package = f"planted_{tmp_path.name}"
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    planted = CommandFolder(package=package, folder=folder, name="stackwright")
    monkeypatch.setattr(stackwright_cli, "root", planted)

    def write(name: str, body: str) -> None:
        source = f'"""The help of {name}.\n\nMore."""\n\nimport click\n\n\n'
        source += f"@click.command()\ndef command():\n    {body}\n"
        (folder / f"{name}.py").write_text(source)

    return write


def test_help_lists_each_command_with_the_first_line_of_its_module(
    plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    plant("plan", "pass")
    plant("no_op", "pass")
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:\n")[2]
    assert listed == "  no-op  The help of no_op.\n  plan   The help of plan.\n"


def test_help_imports_no_command(plant: Plant, tmp_path: Path) -> None:
    plant("plan", "pass")
    (tmp_path / f"planted_{tmp_path.name}" / "broken.py").write_text('"""Broken."""\n1 / 0\n')
    assert main(["--help"]) == 0


def test_no_argument_shows_the_help(plant: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    plant("plan", "pass")
    assert main([]) == 0
    assert "The help of plan." in capsys.readouterr().out


def test_a_file_name_is_a_command_name(plant: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    plant("no_op", "click.echo('ran')")
    assert main(["no-op"]) == 0
    assert capsys.readouterr().out == "ran\n"


def test_the_version_is_that_of_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"stackwright {stackwright.__version__}\n"


def test_every_command_of_the_repository_has_one_line_of_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = stackwright_cli.root
    names = [file.stem for file in root.folder.glob("[!_]*.py")]
    lines = [root.help_line(name) for name in names]
    assert [line for line in lines if not re.fullmatch(r"[A-Z].{5,70}\.", line)] == []


def test_an_unknown_command_names_the_nearest(
    plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    plant("plan", "pass")
    assert main(["plann"]) == 2
    assert capsys.readouterr() == (
        "",
        "error: no command is called 'plann'. Did you mean 'plan'?\nSee 'stackwright --help'.\n",
    )


def test_an_unknown_option_is_wrong_input(plant: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    plant("plan", "pass")
    assert main(["plan", "--colour"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error: No such option")
    assert second == "See 'stackwright plan --help'."


@pytest.mark.parametrize(
    ("body", "code"),
    [("return None", 0), ("return 3", 3), ("click.get_current_context().exit(3)", 3)],
)
def test_a_command_chooses_its_exit_code(
    body: str, code: int, plant: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    plant("answer", body)
    assert main(["answer"]) == code
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ("raise KeyboardInterrupt", 130, "\nStopped.\n"),
        ("raise errors.StackwrightError('it failed')", 1, "error: it failed\n"),
        (
            "raise errors.InputError([errors.Problem('a'), errors.Problem('b')])",
            2,
            "error: a\nerror: b\n2 problems.\n",
        ),
        ("open('no-such-file')", 1, "error: no-such-file: No such file or directory\n"),
        (
            "raise KeyError('name')",
            1,
            "error: this is a bug in Stackwright: KeyError: 'name'\n"
            "To see where: STACKWRIGHT_TRACEBACK=1 stackwright fail\n",
        ),
    ],
)
def test_a_failure_has_its_exit_code_and_words(
    body: str,
    code: int,
    message: str,
    plant: Plant,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("STACKWRIGHT_TRACEBACK", raising=False)
    plant("fail", f"from stackwright import errors; {body}")
    assert main(["fail"]) == code
    assert capsys.readouterr() == ("", message)


def test_a_bug_shows_its_traceback_when_asked(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant("fail", "raise KeyError('name')")
    monkeypatch.setenv("STACKWRIGHT_TRACEBACK", "1")
    assert main(["fail"]) == 1
    error = capsys.readouterr().err
    assert "Traceback (most recent call last):" in error
    assert "fail.py" in error


def test_a_reader_who_leaves_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "stackwright_cli", "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")
