"""A real repository of a small platform, and a way to commit to it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
environments:
  dev: {profile: development}
  prod: {}
"""

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Repo:
    """One repository on disk."""

    root: Path

    def git(self, *words: str, given: bytes = b"") -> str:
        """Run git in it and return what it says."""
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env=os.environ | _IDENTITY,
            input=given,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def write(self, files: Mapping[str, str]) -> None:
        """Write files below its root."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, files: Mapping[str, str]) -> str:
        """Write files, commit all there is, and return the commit."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")
        return self.git("rev-parse", "HEAD")

    def clone(self, to: Path, *words: str) -> Repo:
        """Return a clone of it."""
        self.git("clone", "--quiet", *words, self.root.as_uri(), str(to))
        return Repo(to)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """Return an empty repository on `main`, which no setting of this machine reaches."""
    for name, value in _IDENTITY.items():
        if name.startswith("GIT_CONFIG"):
            monkeypatch.setenv(name, value)
    root = (tmp_path / "platform").resolve()
    root.mkdir()
    made = Repo(root)
    made.git("init", "--quiet", "--initial-branch", "main")
    return made
