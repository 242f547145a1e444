"""A project registers at its platform: one file that says which keys it relies on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stackwright.blueprint.reader import read
from stackwright.errors import InputError
from stackwright.project_requirement import requirement
from stackwright_cli.projects.records import Lock, read_lock
from stackwright_cli.projects.registration import register

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
projects: projects/*.yaml
"""

LOCK = {
    "schema": "stackwright.lock/v1",
    "template": {"name": "tabular-service", "version": "1.0.0", "digest": f"sha256:{'0' * 64}"},
    "answers": {"project_slug": "churn"},
    "wiring": {
        "ModelServer": {"namespace": "required", "mode": "required"},
        "ExperimentTracker": {"uri": "required"},
        "Monitoring": {"label": "optional"},
    },
    "files": {},
}

WIRING: dict[str, Any] = {
    "schema": "stackwright.project-wiring/v1",
    "platform": "acme",
    "environment": "dev",
    "project": "churn",
    "production": False,
    "source": {"kind": "outputs", "sha256": "0" * 64},
    "values": {},
}

REGISTERED = """\
# Written by `stackwright wire --register`; a change is overwritten.
schema: stackwright.project/v1
name: churn
template: tabular-service
repository: acme/churn-model
environments: [dev, prod]
needs:
  ExperimentTracker: [uri]
  ModelServer: [mode, namespace]
"""


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    folder = tmp_path / "platform"
    folder.mkdir()
    (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Write a project that is wired to two environments of its platform, and to another one."""
    folder = tmp_path / "churn"
    (folder / "wiring").mkdir(parents=True)
    (folder / "stackwright.lock").write_text(json.dumps(LOCK), encoding="utf-8")
    for environment, name in (("dev", "acme"), ("prod", "acme"), ("lab", "elsewhere")):
        text = json.dumps({**WIRING, "environment": environment, "platform": name})
        (folder / f"wiring/{environment}.json").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def lock(project: Path) -> Lock:
    return read_lock(project)


def problem(platform: Path, project: Path, lock: Lock, name: str = "churn", **options: Any) -> str:
    with pytest.raises(InputError) as raised:
        register(platform, project, name, lock, **options)
    return str(raised.value.problems[-1])


def test_what_the_project_cannot_do_without_is_registered(
    platform: Path, project: Path, lock: Lock
) -> None:
    said = register(platform, project, "churn", lock, "acme/churn-model")
    file = platform / "projects/churn.yaml"
    assert file.read_text(encoding="utf-8") == REGISTERED
    assert said == f"Wrote {file}."


def test_what_is_registered_is_read_back_by_its_model(
    platform: Path, project: Path, lock: Lock
) -> None:
    register(platform, project, "churn", lock)
    found = requirement(read(platform / "projects/churn.yaml"))
    assert found.needs == {"ExperimentTracker": ["uri"], "ModelServer": ["mode", "namespace"]}
    assert found.environments == ["dev", "prod"]
    assert found.repository is None


def test_registering_again_changes_nothing_and_keeps_the_repository(
    platform: Path, project: Path, lock: Lock
) -> None:
    register(platform, project, "churn", lock, "acme/churn-model")
    file = platform / "projects/churn.yaml"
    before = file.stat()
    assert register(platform, project, "churn", lock) == f"{file} is up to date."
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert file.read_text(encoding="utf-8") == REGISTERED


def test_a_blueprint_that_reads_no_projects_is_told(
    platform: Path, project: Path, lock: Lock
) -> None:
    text = BLUEPRINT.replace("projects/*.yaml", "consumers/*.yaml")
    (platform / "blueprint.yaml").write_text(text, encoding="utf-8")
    said = register(platform, project, "churn", lock).splitlines()[-1]
    assert said.endswith("blueprint.yaml, or nobody reads it: projects: projects/*.yaml")


def test_a_folder_without_a_blueprint_is_no_platform(
    tmp_path: Path, project: Path, lock: Lock
) -> None:
    (tmp_path / "empty").mkdir()
    assert "this folder holds no blueprint.yaml" in problem(tmp_path / "empty", project, lock)
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_project_that_is_not_wired_to_the_platform_is_told_to(
    platform: Path, project: Path, lock: Lock
) -> None:
    for name in ("dev", "prod"):
        (project / f"wiring/{name}.json").unlink()
    said = problem(platform, project, lock)
    assert 'the project is not wired to platform "acme".' in said
    assert "stackwright wire -e ENVIRONMENT --from" in said
    assert not (platform / "projects").exists()


def test_the_name_of_another_repository_is_not_taken_over(
    platform: Path, project: Path, lock: Lock
) -> None:
    register(platform, project, "churn", lock, "acme/churn-model")
    said = problem(platform, project, lock, repository="acme/other")
    assert "churn is registered by acme/churn-model, and not acme/other." in said
    assert (platform / "projects/churn.yaml").read_text(encoding="utf-8") == REGISTERED


@pytest.mark.parametrize(
    "text", ["", "- a\n", "name: churn\n", "\x00", "needs: {ModelServer: [x]}"]
)
def test_a_file_that_registers_no_project_is_not_overwritten(
    platform: Path, project: Path, lock: Lock, text: str
) -> None:
    file = platform / "projects/churn.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    assert "this file registers no project." in problem(platform, project, lock)
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["a" * 33, "con", "kube-churn", "a--b"])
def test_a_name_that_no_role_can_have_is_refused(
    platform: Path, project: Path, lock: Lock, name: str
) -> None:
    assert problem(platform, project, lock, name).startswith("name: ")
    assert not (platform / "projects").exists()


@pytest.mark.parametrize(
    "repository", ["churn", "acme/", "acme/churn/x", "acme/*", "a b/c", "a/b\n"]
)
def test_what_is_no_repository_is_refused(
    platform: Path, project: Path, lock: Lock, repository: str
) -> None:
    said = problem(platform, project, lock, repository=repository)
    assert said.startswith("repository: ")
    assert "OWNER/REPOSITORY, as in the repository's address, is expected." in said


def test_a_link_is_not_followed(tmp_path: Path, platform: Path, project: Path, lock: Lock) -> None:
    (tmp_path / "elsewhere").mkdir()
    (platform / "projects").symlink_to(tmp_path / "elsewhere")
    assert "links are not followed" in problem(platform, project, lock)
    assert list((tmp_path / "elsewhere").iterdir()) == []
