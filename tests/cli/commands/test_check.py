"""`stackwright check`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from stackwright_cli import assets, main

MANAGED, YOURS = b"all:\n", b"notes\n"

LOCK: dict[str, Any] = {
    "schema": "stackwright.lock/v1",
    "template": {"name": "tiny", "version": "1.0.0", "digest": f"sha256:{'0' * 64}"},
    "answers": {"project_slug": "churn"},
    "wiring": {},
    "files": {
        "Makefile": {
            "sha256": hashlib.sha256(MANAGED).hexdigest(),
            "mode": "100644",
            "owner": "managed",
        },
        "notes.md": {
            "sha256": hashlib.sha256(YOURS).hexdigest(),
            "mode": "100644",
            "owner": "yours",
        },
    },
}

TEMPLATE = """\
title: Tiny
summary: A tiny template.
version: 1.0.0
questions:
  project_slug: {kind: slug, prompt: Name}
"""


@pytest.fixture
def project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a project whose template is installed."""
    from stackwright_cli.projects.template import JINJA_SETTINGS, ROOT, read_template

    template = folder / "templates/tiny"
    (template / ROOT).mkdir(parents=True)
    (template / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    settings = {"project_slug": "tiny", "_jinja2_env_vars": JINJA_SETTINGS}
    (template / "cookiecutter.json").write_text(json.dumps(settings), encoding="utf-8")
    (template / ROOT / "Makefile").write_bytes(MANAGED)
    monkeypatch.setattr(assets, "asset_folder", lambda name: folder / name)
    project = folder / "churn"
    project.mkdir()
    made = {**LOCK["template"], "digest": read_template(template).digest}
    lock = json.dumps({**LOCK, "template": made})
    (project / "stackwright.lock").write_text(lock, encoding="utf-8")
    (project / "Makefile").write_bytes(MANAGED)
    (project / "notes.md").write_bytes(YOURS)
    monkeypatch.chdir(project)
    return project


def test_a_project_as_it_was_made_passes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "churn: tiny 1.0.0, wired to no environment",
        "Nothing has to be put right.",
    ]


def test_what_must_be_put_right_is_told_with_exit_code_3(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "Makefile").write_bytes(b"")
    (project / "notes.md").write_bytes(b"")
    assert main(["check"]) == 3
    assert capsys.readouterr().out.splitlines() == [
        "churn: tiny 1.0.0, wired to no environment",
        "To be put right:",
        "  changed file Makefile: the file differs from what the template made.",
        "Edited, as they may be:",
        "  changed file notes.md: the file differs from what the template made.",
    ]


def test_edited_files_alone_pass(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "notes.md").write_bytes(b"")
    assert main(["check"]) == 0
    assert "changed file notes.md" in capsys.readouterr().out


@pytest.mark.parametrize(("edited", "code"), [("Makefile", 3), ("notes.md", 0)])
def test_the_answer_as_json(
    project: Path, edited: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / edited).write_bytes(b"")
    assert main(["check", "--format", "json"]) == code
    assert json.loads(capsys.readouterr().out) == {
        "schema": "stackwright.check/v1",
        "project": "churn",
        "template": {"name": "tiny", "version": "1.0.0"},
        "environments": [],
        "passed": code == 0,
        "findings": [
            {
                "subject": "file",
                "name": edited,
                "state": "changed",
                "message": "the file differs from what the template made.",
                "key": "",
                "expected": code == 0,
            }
        ],
    }


@pytest.mark.parametrize(
    "text", ["", "<<<<<<< HEAD\n{}", '{"schema": "stackwright.lock/v2"}', "[]"]
)
def test_a_damaged_lock_is_refused_without_a_traceback(
    project: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "stackwright.lock").write_text(text, encoding="utf-8")
    assert main(["check"]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert "stackwright.lock" in written.err
    assert "Take the file back from version control." in written.err


def test_nothing_is_written_by_a_check(project: Path) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert main(["check", "--project", "."]) == 0
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
