"""The console: answers, problems, files, questions and progress."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from stackwright.errors import InputError, Problem, StackwrightError
from stackwright_cli import console


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch, *, colour: bool = False) -> Terminal:
    """Make standard output and error one terminal; its user types `yes`."""
    stream = Terminal()
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, stream)
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "" if colour else "1")
    return stream


def test_an_answer_goes_to_standard_output_and_ends_in_one_line_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.out("planned")
    console.out("planned\n")
    assert capsys.readouterr() == ("planned\nplanned\n", "")


def test_a_message_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    console.err("Stopped.")
    assert capsys.readouterr() == ("", "Stopped.\n")


def test_json_has_sorted_keys_and_plain_letters(capsys: pytest.CaptureFixture[str]) -> None:
    console.json({"b": 1, "a": "größer"})
    text = capsys.readouterr().out
    assert text == '{\n  "a": "größer",\n  "b": 1\n}\n'
    assert json.loads(text) == {"a": "größer", "b": 1}


def test_every_problem_has_its_own_line_and_the_last_line_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = Problem("got 0.", file="b.yaml", line=3, column=5, path="tracking.replicas")
    second = Problem("no tool is called\n'qdrnt'.", hint="Did you mean 'qdrant'?")
    console.problems(InputError([first, second]))
    assert capsys.readouterr().err == (
        "error: b.yaml:3:5: tracking.replicas: got 0.\n"
        "error: no tool is called\\n'qdrnt'. Did you mean 'qdrant'?\n"
        "2 problems.\n"
    )


def test_one_problem_is_counted_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    console.problems(InputError([Problem("got 0.")]))
    assert capsys.readouterr().err == "error: got 0.\n1 problem.\n"


def test_a_failure_that_is_no_list_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.problems(StackwrightError("the disk is full"))
    assert capsys.readouterr().err == "error: the disk is full\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\rb", "a\\rb"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("größer → ok", "größer → ok"),
    ],
)
def test_hidden_characters_become_visible(text: str, shown: str) -> None:
    assert console.visible(text) == shown


def test_an_answer_to_a_terminal_shows_hidden_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    console.out("\x1b[2Jgone")
    assert stream.getvalue() == "\\x1b[2Jgone\n"


def test_an_answer_to_a_pipe_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    console.out("\x1b[2Jkept")
    assert capsys.readouterr().out == "\x1b[2Jkept\n"


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_has_colour_unless_its_owner_refuses(
    environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert console.has_colour(Terminal()) is coloured


def test_a_pipe_has_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert not console.has_colour(io.StringIO())


def test_the_mark_of_an_error_is_red_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch, colour=True)
    console.error("no")
    assert stream.getvalue() == "\x1b[31m\x1b[1merror:\x1b[0m no\n"


def test_progress_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("Planning") as step:
        step("network")
    assert capsys.readouterr() == ("", "")


def test_progress_is_plain_lines_at_a_terminal_without_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = terminal(monkeypatch)
    with console.progress("Planning") as step:
        step("network")
    assert stream.getvalue() == "Planning ...\nPlanning: network\n"


def test_progress_at_a_terminal_with_colour_names_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch, colour=True)
    with console.progress("Planning") as step:
        step("[network]")
    assert "Planning: [network]" in stream.getvalue()


def test_only_progress_at_a_terminal_loads_rich() -> None:
    program = (
        "import sys; from stackwright_cli import console\n"
        "with console.progress('Planning') as step: step('network')\n"
        "console.error('no'); sys.exit('rich' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)


def test_nobody_is_asked_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.ask("Region", default="eu-west-1") == "eu-west-1"
    assert console.confirm("Go on?") is False
    assert console.confirm("Go on?", default=True) is True
    assert capsys.readouterr() == ("", "")


def test_a_person_at_a_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    assert console.is_interactive()
    assert console.confirm("Go on?") is True
    assert "Go on?" in stream.getvalue()


def test_a_file_is_written_whole_with_its_folders(tmp_path: Path) -> None:
    console.write_file(tmp_path / "made" / "plan.txt", "größer\n")
    assert (tmp_path / "made" / "plan.txt").read_bytes() == "größer\n".encode()
    assert [file.name for file in (tmp_path / "made").iterdir()] == ["plan.txt"]


def test_an_existing_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text("old")
    file.chmod(0o640)
    console.write_file(file, "new")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "plan.txt"
    file.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StackwrightError, match="cannot be written: No space left on device"):
        console.write_file(file, "new")
    assert {left.name: left.read_text() for left in tmp_path.iterdir()} == {"plan.txt": "old"}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(InputError, match="is a link"):
        console.write_file(tmp_path / "link", "new")
    assert target.read_text() == "precious"


def test_a_folder_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        console.write_file(tmp_path, "new")


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is not a regular file"):
        console.write_file(tmp_path / "pipe", "new")


def test_a_folder_that_is_a_file_is_reported_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackwrightError, match="cannot be written"):
        console.write_file(tmp_path / "file" / "plan.txt", "new")


def test_every_character_can_be_written_in_a_narrow_locale() -> None:
    program = "from stackwright_cli import console; console.prepare(); console.out('a → b')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert done.stdout == b"a \\u2192 b\n"


@pytest.mark.parametrize(("terminal", "columns"), [(True, 88), (False, None)])
def test_only_a_terminal_has_a_width(
    terminal: bool, columns: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "88")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert console.width() == columns


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_one_that_nobody_reads(closed: str, tmp_path: Path) -> None:
    found = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m stackwright_cli init new {closed}', sys.executable],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, "Traceback" in found.stderr) == (0, False)
    assert (tmp_path / "new" / "blueprint.yaml").is_file()
