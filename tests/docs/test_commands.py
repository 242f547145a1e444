"""The commands that the README, the docs and the examples show work as they stand.

The convention: a `console` block holds lines that start with `$ `, each a command, and output for
the reader, which is not compared. A `bash` block is a script. All blocks of a page run in order,
in one shell, in an empty folder with a copy of `examples/`; so one block may use what an earlier
one made. A command that ends in `# exit 2` must end with that code. A block below the line
`<!-- not run: reason -->` is not run, and a `text` block is no command.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").glob("*/README.md")),
]

BLOCK = re.compile(
    r"^(?:<!-- not run:(?P<reason>[^\n]*)-->\n+)?"
    r"^```(?P<language>console|bash)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
EXIT = re.compile(r"\s+# exit (\d+)$")


@dataclass(frozen=True)
class Block:
    """One block of commands on a page."""

    language: str
    body: str
    reason: str | None
    """Why the block is not run; None when it is run."""

    def commands(self) -> list[str]:
        if self.language == "bash":
            return [self.body]
        joined = self.body.replace("\\\n", "")
        return [line[2:] for line in joined.splitlines() if line.startswith("$ ")]


def blocks(page: Path) -> Iterator[Block]:
    for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
        reason = found["reason"]
        yield Block(found["language"], found["body"], None if reason is None else reason.strip())


def script(page: Path) -> str:
    """Return the shell script that runs a page's commands and stops at the first wrong one."""
    lines = ["set -uo pipefail"]
    for block in blocks(page):
        for command in block.commands() if block.reason is None else []:
            found = EXIT.search(command)
            code = found[1] if found else "0"
            lines += [
                EXIT.sub("", command),
                f'code=$?; if [ $code -ne {code} ]; then echo "exit $code, not {code}, from:" >&2',
                f"cat >&2 <<'END_OF_COMMAND'\n{command}\nEND_OF_COMMAND\nexit 1; fi",
            ]
    return "\n".join(lines)


def run_page(page: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the commands of a page in a folder, with no credential and no home of a person."""
    if (ROOT / "examples").is_dir():
        shutil.copytree(ROOT / "examples", folder / "examples")
    environment = {
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    return subprocess.run(
        ["bash", "-c", script(page)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_of_a_page_work(page: Path, tmp_path: Path) -> None:
    done = run_page(page, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_block_that_is_not_run_says_why(page: Path) -> None:
    assert [block.body for block in blocks(page) if block.reason == ""] == []


def test_a_command_that_fails_is_reported(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ true\n$ ls no-such-file\n```\n", encoding="utf-8")
    done = run_page(page, tmp_path)
    assert done.returncode == 1
    assert "exit 2, not 0, from:\nls no-such-file\n" in done.stderr


def test_a_script_that_fails_is_reported(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```bash\ntrue\nfalse\n```\n", encoding="utf-8")
    assert run_page(page, tmp_path).returncode == 1


def test_an_exit_code_that_is_shown_must_come(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ sh -c 'exit 2'  # exit 2\n```\n", encoding="utf-8")
    assert run_page(page, tmp_path).returncode == 0
    page.write_text("```console\n$ true  # exit 2\n```\n", encoding="utf-8")
    shutil.rmtree(tmp_path / "examples", ignore_errors=True)
    assert run_page(page, tmp_path).returncode == 1


def test_blocks_of_a_page_share_a_shell_and_a_folder(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = "```console\n$ mkdir made && \\\n  cd made\nmade\n```\nthen\n```bash\ntouch here\n```\n"
    page.write_text(text, encoding="utf-8")
    assert run_page(page, tmp_path).returncode == 0
    assert (tmp_path / "made" / "here").is_file()


def test_a_block_marked_as_not_run_and_a_text_block_are_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = "<!-- not run: needs an account -->\n```console\n$ false\n```\n```text\n$ false\n```\n"
    page.write_text(text, encoding="utf-8")
    assert run_page(page, tmp_path).returncode == 0
    assert [block.reason for block in blocks(page)] == ["needs an account"]
