"""Which revision of the code made a model."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

COMMIT_VARIABLE = "PROJECT_COMMIT"
"""Names the commit where there is no git, as in an image."""


@dataclass(frozen=True)
class Revision:
    """A commit, or `unknown`; and whether files differ from it (None: unknown)."""

    commit: str
    dirty: bool | None


UNKNOWN = Revision("unknown", None)


def read_revision(root: Path) -> Revision:
    """The commit of the folder's git repository; `unknown` where git or a commit is missing."""
    given = os.environ.get(COMMIT_VARIABLE, "")
    if re.fullmatch(r"[0-9a-f]{7,64}", given):
        return Revision(given, None)
    git = shutil.which("git")
    if git is None:
        return UNKNOWN
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command, found on PATH
            [git, "status", "--porcelain=v2", "--branch", "--no-ahead-behind"],
            cwd=root,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=20,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    found = re.search(r"^# branch\.oid ([0-9a-f]{40,64})$", answer, re.MULTILINE)
    if found is None:
        return UNKNOWN
    return Revision(found[1], any(not line.startswith("#") for line in answer.splitlines()))
