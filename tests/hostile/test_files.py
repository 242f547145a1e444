"""Hostile files: what cannot be shown as text, and what is no file at all."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stackwright_cli import main

GOOD = b"""\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
storage: {kind: s3}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


Refused = Callable[[], str]


@pytest.fixture
def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Return what is said of `blueprint.yaml`, which must be refused at once."""

    def run() -> str:
        started = time.process_time()
        assert main(["validate"]) == 2
        assert time.process_time() - started < 2
        written = capsys.readouterr()
        assert written.out == ""
        *problems, _ = written.err.splitlines()
        (problem,) = problems
        return problem.removeprefix("error: ")

    return run


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "blueprint.yaml:1:1: the blueprint is empty."),
        (b"\n\n  \n", "blueprint.yaml:1:1: the blueprint is empty."),
        (b"\xef\xbb\xbf", "blueprint.yaml:1:1: the blueprint is empty."),
        (
            GOOD + b"labels: {team: caf\xe9}\n",
            "blueprint.yaml: the file is not UTF-8: byte 140 is wrong.",
        ),
        (
            GOOD.decode().encode("utf-16"),
            "blueprint.yaml: the file is not UTF-8: byte 0 is wrong.",
        ),
        (
            GOOD.decode().encode("utf-16-le"),
            "blueprint.yaml:1:2: the file holds the character U+0000, which is not allowed."
            " A file in UTF-16 looks like this; save it as UTF-8.",
        ),
        (
            GOOD + b"labels: {team: re\x00search}\n",
            "blueprint.yaml:5:18: the file holds the character U+0000, which is not allowed."
            " A file in UTF-16 looks like this; save it as UTF-8.",
        ),
        (
            GOOD + b"labels: {team: \x1b[31mred}\n",
            "blueprint.yaml:5:16: the file holds the character U+001B, which is not allowed.",
        ),
        (
            GOOD + "labels: {team: a\u2028b}\n".encode(),
            "blueprint.yaml:5:17: the file holds the character U+2028, which is not allowed.",
        ),
        (
            GOOD + b"# " + b"x" * 1024 * 1024,
            "blueprint.yaml: the file is over the limit of 1048576 bytes (1 MiB).",
        ),
        (
            GOOD + b"labels:\n" + b"".join(b"  k%d: v\n" % number for number in range(60_000)),
            "blueprint.yaml:19996:11: the file holds over 20,000 values, which is the limit.",
        ),
        (
            b"a: " + b"[" * 100_000,
            "blueprint.yaml:1:68: the nesting is deeper than 64, which is the limit.",
        ),
    ],
    ids=[
        "01-empty",
        "01-white-space",
        "01-byte-order-mark-alone",
        "03-latin-1",
        "03-utf-16",
        "03-utf-16-without-mark",
        "04-null",
        "04-escape",
        "04-line-separator",
        "06-over-a-mebibyte",
        "07-too-many-keys",
        "08-too-deep",
    ],
)
def test_a_hostile_file_is_refused_with_its_place(
    folder: Path, refused: Refused, content: bytes, said: str
) -> None:
    (folder / "blueprint.yaml").write_bytes(content)
    assert refused() == said


def test_a_byte_order_mark_is_as_if_absent(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "blueprint.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD)
    assert main(["validate"]) == 0
    assert capsys.readouterr().out == "blueprint.yaml is valid: 1 environment (default).\n"


def test_a_missing_file_is_told_with_the_nearest_name(folder: Path, refused: Refused) -> None:
    (folder / "blueprint.yml").write_bytes(GOOD)
    assert refused() == "blueprint.yaml: there is no such file. Did you mean blueprint.yml?"


def test_a_folder_is_refused(folder: Path, refused: Refused) -> None:
    (folder / "blueprint.yaml").mkdir()
    assert refused() == "blueprint.yaml: the path is a directory; a regular file is expected."


def test_a_pipe_is_refused_without_waiting(folder: Path, refused: Refused) -> None:
    os.mkfifo(folder / "blueprint.yaml")
    assert refused() == "blueprint.yaml: the path is a pipe; a regular file is expected."


def test_a_device_is_refused(folder: Path, refused: Refused) -> None:
    (folder / "blueprint.yaml").symlink_to("/dev/zero")
    assert refused() == "blueprint.yaml: the path is a device; a regular file is expected."


def test_a_loop_of_links_is_refused(folder: Path, refused: Refused) -> None:
    (folder / "blueprint.yaml").symlink_to("other.yaml")
    (folder / "other.yaml").symlink_to("blueprint.yaml")
    assert refused() == "blueprint.yaml: the path is a loop of symbolic links."


def test_a_link_to_a_regular_file_elsewhere_is_followed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "shared").mkdir()
    (folder / "shared" / "acme.yaml").write_bytes(GOOD)
    (folder / "project").mkdir()
    link = folder / "project" / "blueprint.yaml"
    link.symlink_to("../shared/acme.yaml")
    assert main(["validate", "-f", "project/blueprint.yaml"]) == 0
    assert capsys.readouterr().out == "project/blueprint.yaml is valid: 1 environment (default).\n"


def test_a_file_without_permission_is_told_with_its_mode(
    folder: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may read every file, so the refusal is planted.
    def denied(path: Path, *_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    (folder / "blueprint.yaml").write_bytes(GOOD)
    (folder / "blueprint.yaml").chmod(stat.S_IWUSR)
    monkeypatch.setattr(os, "open", denied)
    assert refused() == (
        "blueprint.yaml: reading the file is not permitted (its mode is --w-------)."
    )


def test_a_name_with_control_characters_is_shown_escaped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "-f", "blue\x1b[31mprint.yaml"]) == 2
    assert "\x1b" not in capsys.readouterr().err
