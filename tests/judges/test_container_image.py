"""The Dockerfile of a project, as hadolint reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.judges.support import asked, judge

ARGUMENT = re.compile(r"^ARG (\w+)=(\S+)$", re.MULTILINE)


def dockerfile(project: Path) -> str:
    return (project / "Dockerfile").read_text(encoding="utf-8")


def resolved(text: str) -> str:
    """Put the defaults of the arguments of `FROM` in their places: hadolint does not."""
    head, _, _ = text.partition("\nFROM ")
    for name, default in ARGUMENT.findall(head):
        text = text.replace(f"${{{name}}}", default)
    return text


def findings(text: str, folder: Path) -> set[str]:
    """Return the rules that a Dockerfile breaks, those that a comment silences included."""
    file = folder / "Dockerfile"
    file.write_text(text, encoding="utf-8")
    command = [judge("hadolint"), "--format", "json", "--disable-ignore-pragma", "--no-fail"]
    return {finding["code"] for finding in json.loads(asked([*command, str(file)], folder))}


def test_hadolint_finds_nothing(project: Path, tmp_path: Path) -> None:
    text = resolved(dockerfile(project))
    assert re.search(r"^FROM python:\d", text, re.MULTILINE)
    assert findings(text, tmp_path) == set()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (r"^ARG PYTHON=.*$", "ARG PYTHON=latest", "DL3007"),
        (r"^USER .*$", "USER root", "DL3002"),
        (r"^EXPOSE .*$", "RUN pip install requests", "DL3013"),
        (r"^ENTRYPOINT .*$", "ENTRYPOINT serve --port 8080", "DL3025"),
        (r"^EXPOSE .*$", "# hadolint ignore=DL3020\nADD README.md /app/", "DL3020"),
    ],
)
def test_hadolint_finds_a_planted_fault(
    projects: dict[str, Path], tmp_path: Path, old: str, new: str, expected: str
) -> None:
    wrong, count = re.subn(old, new, dockerfile(projects["everyday"]), flags=re.MULTILINE)
    assert count == 1
    assert expected in findings(resolved(wrong), tmp_path)
