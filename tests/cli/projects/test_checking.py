"""A check compares a project with its template, its wiring and its own files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stackwright.errors import InputError
from stackwright_cli.projects.checking import Report, check_project
from stackwright_cli.projects.template import read_template

Write = Callable[..., Path]

MANAGED, YOURS = b"all:\n\ttrue\n", b"# Mine\n"

PLATFORM = b"apiVersion: stackwright/v1\nname: acme\n"

WIRING: dict[str, Any] = {
    "schema": "stackwright.project-wiring/v1",
    "platform": "acme",
    "environment": "dev",
    "project": "churn",
    "production": False,
    "instances": {},
    "source": {
        "kind": "blueprint",
        "path": "../acme/blueprint.yaml",
        "sha256": hashlib.sha256(PLATFORM).hexdigest(),
    },
    "values": {
        "ExperimentTracker.uri": {"state": "known", "value": "http://mlflow:5000"},
        "ModelServer.mode": {"state": "known", "value": "Deployment"},
    },
}


def entry(content: bytes, owner: str, mode: str = "100644") -> dict[str, str]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "mode": mode, "owner": owner}


@pytest.fixture
def templates(template_folder: Write) -> Path:
    return template_folder({"Makefile": MANAGED, "notes.md": YOURS}).parent


@pytest.fixture
def lock(templates: Path) -> dict[str, Any]:
    """Return the lock of a project as it was made."""
    return {
        "schema": "stackwright.lock/v1",
        "template": {
            "name": "tiny",
            "version": "1.0.0",
            "digest": read_template(templates / "tiny").digest,
        },
        "answers": {"project_slug": "churn", "note": "Nothing"},
        "wiring": {
            "ExperimentTracker": {"uri": "required"},
            "ModelServer": {"mode": "required", "namespace": "optional"},
        },
        "files": {
            "Makefile": entry(MANAGED, "managed"),
            "bin/run": entry(b"#!/bin/sh\n", "managed", "100755"),
            "notes.md": entry(YOURS, "yours"),
        },
    }


@pytest.fixture
def project(tmp_path: Path, lock: dict[str, Any]) -> Path:
    """Write a project that is as it was made, wired to `dev` of a platform beside it."""
    folder = tmp_path / "churn"
    (folder / "bin").mkdir(parents=True)
    (folder / "wiring").mkdir()
    (folder / "Makefile").write_bytes(MANAGED)
    (folder / "notes.md").write_bytes(YOURS)
    (folder / "bin/run").write_bytes(b"#!/bin/sh\n")
    (folder / "bin/run").chmod(0o755)
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/blueprint.yaml").write_bytes(PLATFORM)
    write(folder / "stackwright.lock", lock)
    write(folder / "wiring/dev.json", WIRING)
    return folder


def write(file: Path, data: Any) -> None:
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")


def found(report: Report) -> list[tuple[str, str, str, str]]:
    return [(item.state, item.subject, item.name, item.key) for item in report.findings]


def test_a_project_as_it_was_made_has_no_findings(project: Path, templates: Path) -> None:
    report = check_project(project, templates)
    assert report.findings == ()
    assert report.environments == ("dev",)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda file: file.write_bytes(b"all:\n"), "changed"),
        (lambda file: file.unlink(), "missing"),
        (lambda file: file.chmod(0o755), "mode"),
        (lambda file: (file.unlink(), file.mkdir()), "changed"),
        (lambda file: (file.rename(f"{file}.old"), file.symlink_to(f"{file}.old")), "changed"),
    ],
    ids=["edited", "removed", "executable", "folder", "link"],
)
def test_a_managed_file_that_changed_is_a_fault(
    project: Path, templates: Path, change: Callable[[Path], object], state: str
) -> None:
    change(project / "Makefile")
    report = check_project(project, templates)
    assert found(report) == [(state, "file", "Makefile", "")]
    assert report.faults()


def test_a_script_that_cannot_be_run_any_more_is_a_fault(project: Path, templates: Path) -> None:
    (project / "bin/run").chmod(0o644)
    (finding,) = check_project(project, templates).faults()
    assert finding.message == "run: chmod +x bin/run"


def test_a_stricter_umask_is_no_change(project: Path, templates: Path) -> None:
    (project / "bin/run").chmod(0o700)
    (project / "Makefile").chmod(0o600)
    assert check_project(project, templates).findings == ()


def test_a_folder_replaced_by_a_link_is_not_followed(project: Path, templates: Path) -> None:
    (project / "bin").rename(project.parent / "elsewhere")
    (project / "bin").symlink_to(project.parent / "elsewhere")
    assert found(check_project(project, templates)) == [("changed", "file", "bin/run", "")]


@pytest.mark.parametrize("text", ["# Edited\n", None])
def test_a_file_of_yours_is_listed_and_no_fault(
    project: Path, templates: Path, text: str | None
) -> None:
    (project / "notes.md").unlink()
    if text is not None:
        (project / "notes.md").write_text(text, encoding="utf-8")
    report = check_project(project, templates)
    assert report.faults() == ()
    assert [item.name for item in report.edited()] == ["notes.md"]


def test_a_new_file_says_nothing(project: Path, templates: Path) -> None:
    (project / "own.py").write_text("", encoding="utf-8")
    assert check_project(project, templates).findings == ()


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.0.0", "version 1.0.0 of this Stackwright differs from what it was made from."),
        ("0.9.0", "made from version 0.9.0; installed is 1.0.0."),
    ],
)
def test_a_template_that_moved_on_is_behind(
    project: Path, templates: Path, lock: dict[str, Any], version: str, said: str
) -> None:
    made = {"name": "tiny", "version": version, "digest": f"sha256:{'0' * 64}"}
    write(project / "stackwright.lock", {**lock, "template": made})
    (finding,) = check_project(project, templates).faults()
    assert (finding.state, finding.message) == ("behind", said)


def test_a_template_that_is_not_installed_is_named(
    project: Path, templates: Path, lock: dict[str, Any]
) -> None:
    made = {**lock["template"], "name": "other"}
    write(project / "stackwright.lock", {**lock, "template": made})
    assert found(check_project(project, templates)) == [("missing", "template", "other", "")]


def test_a_changed_blueprint_puts_the_wiring_behind(project: Path, templates: Path) -> None:
    (project.parent / "acme/blueprint.yaml").write_bytes(PLATFORM + b"# more\n")
    (finding,) = check_project(project, templates).faults()
    assert finding.state == "behind"
    assert finding.message.endswith("stackwright wire -e dev --from ../acme/blueprint.yaml")


@pytest.mark.parametrize("path", ["/acme/blueprint.yaml", "acme\0.yaml", "acme.yaml\nrun: id", ""])
def test_a_path_that_wire_does_not_write_is_damaged(
    project: Path, templates: Path, path: str
) -> None:
    write(project / "wiring/dev.json", {**WIRING, "source": {**WIRING["source"], "path": path}})
    assert found(check_project(project, templates)) == [
        ("damaged", "wiring", "wiring/dev.json", "source.path")
    ]


def test_a_device_in_place_of_the_blueprint_is_not_read(project: Path, templates: Path) -> None:
    path = os.path.relpath(os.devnull, project)
    write(project / "wiring/dev.json", {**WIRING, "source": {**WIRING["source"], "path": path}})
    assert check_project(project, templates).findings == ()


def test_a_command_with_a_path_of_odd_signs_is_one_that_a_shell_takes(
    project: Path, templates: Path
) -> None:
    path = "../acme; id/$x.yaml"
    (project.parent / "acme; id").mkdir()
    (project / path).write_bytes(PLATFORM + b"# more\n")
    write(project / "wiring/dev.json", {**WIRING, "source": {**WIRING["source"], "path": path}})
    (finding,) = check_project(project, templates).faults()
    assert finding.message.endswith("stackwright wire -e dev --from '../acme; id/$x.yaml'")


def test_without_the_blueprint_nobody_knows_and_nothing_is_said(
    project: Path, templates: Path
) -> None:
    (project.parent / "acme/blueprint.yaml").unlink()
    assert check_project(project, templates).findings == ()


def test_a_key_that_the_project_needs_now_is_missing(project: Path, templates: Path) -> None:
    values = {key: WIRING["values"][key] for key in ("ModelServer.mode",)}
    write(project / "wiring/dev.json", {**WIRING, "values": values})
    assert found(check_project(project, templates)) == [
        ("missing", "wiring", "wiring/dev.json", "ExperimentTracker.uri")
    ]


def test_a_pending_key_says_what_it_comes_from(project: Path, templates: Path) -> None:
    pending = {"state": "pending", "from": "output uri of stack dev of acme-platform"}
    values = {**WIRING["values"], "ExperimentTracker.uri": pending}
    write(project / "wiring/dev.json", {**WIRING, "values": values})
    (finding,) = check_project(project, templates).faults()
    assert (finding.state, finding.key) == ("pending", "ExperimentTracker.uri")
    assert "output uri of stack dev of acme-platform" in finding.message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<<<<<<< ours\n{}", "it is no JSON file that can be read"),
        ("[]", "it is not what `stackwright wire` writes"),
        ('{"values": ' + "[" * 900 + "]" * 900 + "}", "it is nested more than 16 levels deep"),
        ("[" * 100_000, "it is no JSON file that can be read"),
        ({**WIRING, "project": "other"}, "it is of other in dev"),
        ({**WIRING, "environment": "prod"}, "it is of churn in prod"),
        ({**WIRING, "token": "a"}, "there is no such key"),
        ({**WIRING, "instances": {"Rocket": "a"}}, "there is no such contract"),
        (
            {
                **WIRING,
                "values": {**WIRING["values"], "Rocket.uri": {"state": "known", "value": "a"}},
            },
            "no platform gives such a key",
        ),
        (
            {
                **WIRING,
                "values": {
                    **WIRING["values"],
                    "ExperimentTracker.uri": {"state": "known", "value": "http://169.254.169.254"},
                },
            },
            "gives out the credentials of a machine",
        ),
        (
            {
                **WIRING,
                "values": {
                    **WIRING["values"],
                    "ExperimentTracker.uri": {
                        "state": "secret-reference",
                        "reference": {"from": "environment", "variable": "A"},
                    },
                },
            },
            "a mapping is written",
        ),
    ],
)
def test_damaged_wiring_is_told_with_the_rest(
    project: Path, templates: Path, content: Any, said: str
) -> None:
    write(project / "wiring/dev.json", content)
    (project / "Makefile").unlink()
    damaged, file = check_project(project, templates).faults()
    assert (damaged.state, damaged.name) == ("damaged", "wiring/dev.json")
    assert said in damaged.message
    assert "stackwright wire -e dev" in damaged.message
    assert file.name == "Makefile"


def test_wiring_that_is_a_link_is_not_followed(project: Path, templates: Path) -> None:
    (project / "wiring/dev.json").rename(project.parent / "dev.json")
    (project / "wiring/dev.json").symlink_to(project.parent / "dev.json")
    (finding,) = check_project(project, templates).faults()
    assert (finding.state, finding.name) == ("damaged", "wiring/dev.json")


def test_every_finding_is_told_at_once(project: Path, templates: Path) -> None:
    (project / "Makefile").unlink()
    (project / "notes.md").unlink()
    (project.parent / "acme/blueprint.yaml").write_bytes(b"")
    assert found(check_project(project, templates)) == [
        ("behind", "wiring", "wiring/dev.json", ""),
        ("missing", "file", "Makefile", ""),
        ("missing", "file", "notes.md", ""),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda lock: "",
        lambda lock: "<<<<<<< HEAD\n" + json.dumps(lock),
        lambda lock: json.dumps(lock)[:-20],
        lambda lock: "[]",
        lambda lock: {**lock, "schema": "stackwright.lock/v9"},
        lambda lock: {key: lock[key] for key in lock if key != "files"},
        lambda lock: {**lock, "extra": 1},
        lambda lock: {**lock, "files": {"a": {**lock["files"]["Makefile"], "mode": "120000"}}},
        lambda lock: {**lock, "answers": {}},
        lambda lock: {**lock, "answers": {"project_slug": 7}},
        lambda lock: {**lock, "answers": {"project_slug": "../a"}},
        lambda lock: {**lock, "wiring": {"Rocket": {"uri": "required"}}},
        lambda lock: {**lock, "wiring": {"ModelServer": {"uri": "required"}}},
    ],
)
def test_a_damaged_lock_is_refused_with_what_to_do(
    project: Path, templates: Path, lock: dict[str, Any], damage: Callable[[dict[str, Any]], Any]
) -> None:
    write(project / "stackwright.lock", damage(lock))
    with pytest.raises(InputError) as raised:
        check_project(project, templates)
    assert "stackwright.lock" in str(raised.value)


@pytest.mark.parametrize(
    "path", ["../other/file", "/etc/passwd", "a/../../b", "a//b", "", ".", "C:\\a", "a\nb", "a/"]
)
def test_a_path_that_leads_out_of_the_project_is_refused(
    project: Path, templates: Path, lock: dict[str, Any], path: str
) -> None:
    files = {**lock["files"], path: entry(b"", "managed")}
    write(project / "stackwright.lock", {**lock, "files": files})
    with pytest.raises(InputError) as raised:
        check_project(project, templates)
    (problem,) = raised.value.problems
    assert repr(path) in problem.message
