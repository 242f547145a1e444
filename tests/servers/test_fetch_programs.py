from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "fetch-programs"
PROGRAMS = ("prometheus", "promtool", "prometheus-alertmanager", "initdb", "postgres", "strace")

BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(BASH is None, reason="the program bash is not here")


def fetch(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script where only the programs of one folder are found."""
    return subprocess.run(
        [str(BASH), SCRIPT, *arguments],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def without_apt(tmp_path: Path) -> Path:
    """A folder with what every system has, and no apt-get."""
    folder = tmp_path / "path"
    folder.mkdir()
    for name in ("mkdir", "sh"):
        (folder / name).symlink_to(os.path.realpath(str(shutil.which(name))))
    return folder


def test_a_machine_without_apt_is_told_what_follows(tmp_path: Path, without_apt: Path) -> None:
    done = fetch(without_apt, str(tmp_path / "programs"))

    assert done.returncode == 0, done.stderr
    assert "no apt-get" in done.stderr
    assert "skipped by name" in done.stderr
    assert list((tmp_path / "programs").iterdir()) == []


def test_what_is_there_and_works_is_kept(tmp_path: Path, without_apt: Path) -> None:
    programs = tmp_path / "programs" / "bin"
    programs.mkdir(parents=True)
    for name in PROGRAMS:
        (programs / name).write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
        (programs / name).chmod(0o755)

    done = fetch(without_apt, str(programs.parent))

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in programs.iterdir()) == sorted(PROGRAMS)


def test_a_folder_must_be_named(without_apt: Path) -> None:
    assert fetch(without_apt).returncode == 2
