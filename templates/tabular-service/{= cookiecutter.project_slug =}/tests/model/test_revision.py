"""The revision of the code that made a model."""

import shutil
import subprocess
from pathlib import Path

import pytest

from {= cookiecutter.package_name =}.model.revision import (
    UNKNOWN,
    Revision,
    read_revision,
)


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"]
    command = ["git", *who, *arguments]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose parents are no repository for git."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_folder_without_git_is_unknown(folder: Path) -> None:
    assert read_revision(folder) == UNKNOWN


def test_a_folder_where_git_is_not_installed_is_unknown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert read_revision(folder) == UNKNOWN


def test_a_variable_names_the_commit_where_there_is_no_git(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJECT_COMMIT", "0123abcdef")
    assert read_revision(folder) == Revision("0123abcdef", None)
    monkeypatch.setenv("PROJECT_COMMIT", "<b>main</b>")
    assert read_revision(folder) == UNKNOWN


@needs_git
def test_a_commit_is_named_and_changes_are_noticed(folder: Path) -> None:
    git(folder, "init", "--quiet")
    assert read_revision(folder) == UNKNOWN
    (folder / "file").write_text("one")
    git(folder, "add", "file")
    git(folder, "commit", "--quiet", "--message", "one")
    commit = git(folder, "rev-parse", "HEAD")
    assert read_revision(folder) == Revision(commit, False)
    (folder / "file").write_text("two")
    assert read_revision(folder) == Revision(commit, True)
