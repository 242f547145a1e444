"""A platform's repository with a change on a branch, as a pipeline checks it out."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BLUEPRINT = """\
apiVersion: stackwright/v1
requires: ">=0.1,<0.2"
name: acme-ml
target: {kind: existing-cluster}
cluster: {kind: existing, context: lab, uid: 1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e}
storage: {kind: seaweedfs}
tracking: {kind: mlflow, replicas: 1}
environments: {dev: {}}
"""

ENVIRONMENT = {
    **{key: os.environ[key] for key in ("HOME", "TMPDIR", "LANG") if key in os.environ},
    # `stackwright` and `python` are those that run the tests.
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


@dataclass(frozen=True)
class PullRequest:
    """A branch that changes the blueprint, checked out."""

    folder: Path
    base: str
    head: str


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def pull_request(folder: Path, kind: str) -> PullRequest:
    """Make a repository whose pipeline `stackwright ci KIND` wrote, and a branch with a change."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", "https://gitlab.example.com/acme/platform.git")
    blueprint = folder / "blueprint.yaml"
    blueprint.write_text(BLUEPRINT, encoding="utf-8")
    # The package is there already: a pipeline of a test downloads nothing.
    (folder / "requirements.txt").write_text("# stackwright\n", encoding="utf-8")
    subprocess.run(["stackwright", "ci", kind], cwd=folder, env=ENVIRONMENT, check=True)
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "Start")
    base = git(folder, "rev-parse", "HEAD")
    git(folder, "checkout", "-q", "-b", "more")
    blueprint.write_text(BLUEPRINT.replace("replicas: 1", "replicas: 3"), encoding="utf-8")
    git(folder, "commit", "-q", "-a", "-m", "More replicas")
    return PullRequest(folder, base, git(folder, "rev-parse", "HEAD"))
