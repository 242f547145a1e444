"""The workflows of a project: what judges say, and what is promised about pull requests."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.judges.support import SETS
from tests.judges.workflows import schema_faults, zizmor_findings

WITH_PIPELINE = [
    answers.stem for answers in SETS if "ci: github" in answers.read_text(encoding="utf-8")
]

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} +# v\d+(\.\d+){0,2}")
USES = re.compile(r"^ *(?:- +)?uses: *(.*?) *$", re.MULTILINE)

SECRET = re.compile(r"\bsecrets\b(?=[.\[)]|: inherit)")

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"


@pytest.fixture(params=WITH_PIPELINE)
def pipeline(request: pytest.FixtureRequest, projects: dict[str, Path]) -> Path:
    """Return the .github of one project after the other that has one."""
    return projects[request.param] / ".github"


@pytest.fixture
def changed(projects: dict[str, Path], tmp_path: Path) -> Path:
    """Return a copy of a project's .github, which a test may change."""
    copy = tmp_path / "project" / ".github"
    shutil.copytree(projects[WITH_PIPELINE[0]] / ".github", copy)
    return copy


def workflows(pipeline: Path) -> dict[str, str]:
    found = sorted((pipeline / "workflows").glob("*.y*ml"))
    return {file.name: file.read_text(encoding="utf-8") for file in found}


def parsed(text: str) -> dict[str, Any]:
    """Return a workflow. Every scalar is text: `on` is no truth value for GitHub."""
    workflow: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return workflow


def edit(pipeline: Path, name: str, old: str, new: str) -> None:
    """Replace text of a workflow that must be there."""
    file = pipeline / "workflows" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def events(workflow: dict[str, Any]) -> set[str]:
    """Return what starts a workflow, in each of the three forms that it may be written in."""
    on = workflow["on"]
    return {on} if isinstance(on, str) else set(on)


def write_permissions(workflow: dict[str, Any]) -> set[str]:
    """Return what the jobs of a workflow may write; a job that does not say may write anything."""
    found = set()
    for name, job in workflow["jobs"].items():
        granted = job.get("permissions", workflow.get("permissions", "not stated"))
        if not isinstance(granted, dict):
            found |= set() if granted in ("", "read-all") else {f"{name}: {granted}"}
            continue
        # `id-token` can only be written or be none.
        found |= {
            f"{name}: {scope}"
            for scope, access in granted.items()
            if access == "write" or (scope == "id-token" and access != "none")
        }
    return found


def on_pull_request(pipeline: Path) -> dict[str, dict[str, Any]]:
    """Return the workflows that a pull request starts."""
    every = {name: parsed(text) for name, text in workflows(pipeline).items()}
    return {
        name: workflow
        for name, workflow in every.items()
        if any(event.startswith("pull_request") for event in events(workflow))
    }


def loosely_pinned(text: str) -> list[str]:
    """Return what a workflow uses without a whole commit and the version that it stands for."""
    return [used for used in USES.findall(text) if not PINNED.fullmatch(used)]


def used(node: Any) -> Iterator[str]:
    """Yield each value of `uses` of a parsed workflow."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "uses":
                yield value
            yield from used(value)
    elif isinstance(node, list):
        for item in node:
            yield from used(item)


def test_there_are_projects_with_and_without_a_pipeline(projects: dict[str, Path]) -> None:
    having = {name for name, folder in projects.items() if (folder / ".github").exists()}
    assert having == set(WITH_PIPELINE)
    assert set() < having < set(projects)


def test_zizmor_finds_nothing(pipeline: Path) -> None:
    assert zizmor_findings(pipeline) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (CHECKOUT, "actions/checkout@v7", "unpinned-uses (High)"),
        ("  pull_request:\n", "  pull_request_target:\n", "dangerous-triggers (High)"),
        (
            "run: make lint",
            'run: echo "${{ github.event.pull_request.title }}"',
            "template-injection (High)",
        ),
        ("persist-credentials: false", "fetch-depth: 1", "artipacked (Medium)"),
        ("permissions: {}", "permissions: write-all", "excessive-permissions (High)"),
    ],
)
def test_zizmor_finds_a_planted_fault(changed: Path, old: str, new: str, expected: str) -> None:
    edit(changed, "checks.yml", old, new)
    assert any(finding.startswith(expected) for finding in zizmor_findings(changed))


def test_a_comment_does_not_silence_zizmor(changed: Path) -> None:
    edit(changed, "checks.yml", "  pull_request:\n", "  pull_request_target: # zizmor: ignore\n")
    assert any("dangerous-triggers" in finding for finding in zizmor_findings(changed))


def test_every_file_fits_the_schema_of_the_forge(pipeline: Path) -> None:
    assert schema_faults(pipeline) == []


def test_a_misspelt_key_of_a_workflow_is_found(changed: Path) -> None:
    edit(changed, "checks.yml", "timeout-minutes:", "timeout-minute:")
    assert any(fault.startswith("checks.yml $.jobs.") for fault in schema_faults(changed))


def test_a_wrong_package_manager_of_dependabot_is_found(changed: Path) -> None:
    updates = '[{package-ecosystem: pipp, directory: /, schedule: {interval: "weekly"}}]'
    (changed / "dependabot.yml").write_text(f"version: 2\nupdates: {updates}\n", encoding="utf-8")
    assert any(fault.startswith("dependabot.yml $.updates") for fault in schema_faults(changed))


def test_every_action_is_pinned_by_its_commit_and_says_its_version(pipeline: Path) -> None:
    for text in workflows(pipeline).values():
        assert loosely_pinned(text) == []
        # No action hides from the pattern in another way to write YAML.
        assert len(list(used(parsed(text)))) == len(USES.findall(text)) > 0


@pytest.mark.parametrize(
    "action",
    [
        "actions/checkout@v7  # v7.0.1",
        "actions/checkout@3d3c42e  # v7.0.1",
        CHECKOUT,
        f"{CHECKOUT}  # main",
        "docker://alpine:3.22",
    ],
)
def test_an_action_that_is_pinned_loosely_is_found(action: str) -> None:
    text = f"      - name: Check out\n        uses: {action}\n      - uses: {action}\n"
    assert loosely_pinned(text) == [action, action]


def test_nothing_starts_in_the_name_of_the_repository_for_a_pull_request(pipeline: Path) -> None:
    for text in workflows(pipeline).values():
        assert not events(parsed(text)) & {"pull_request_target", "workflow_run"}
        assert "pull_request_target" not in text


def test_jobs_of_a_pull_request_may_write_nothing_and_get_no_identity(pipeline: Path) -> None:
    started = on_pull_request(pipeline)
    assert started
    assert {name: write_permissions(workflow) for name, workflow in started.items()} == {
        name: set() for name in started
    }


def test_jobs_of_a_pull_request_read_no_secret(pipeline: Path) -> None:
    for name in on_pull_request(pipeline):
        assert not SECRET.search(workflows(pipeline)[name])


@pytest.mark.parametrize(
    "text",
    [
        "    env: {TOKEN: '${{ secrets.TOKEN }}'}\n",
        "    env: {ALL: '${{ toJSON(secrets) }}'}\n",
        "    if: secrets.TOKEN != ''\n",
        "    secrets: inherit\n",
    ],
)
def test_a_secret_that_a_workflow_reads_is_found(text: str) -> None:
    assert SECRET.search(text)


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        ("", {"a: not stated"}),
        ("permissions: {}\n", set()),
        ("permissions: read-all\n", set()),
        ("permissions: {contents: read}\n", set()),
        ("permissions: write-all\n", {"a: write-all"}),
        ("permissions: {contents: write, issues: read}\n", {"a: contents"}),
        ("permissions: {id-token: write}\n", {"a: id-token"}),
    ],
)
def test_what_a_job_may_write_is_found(permissions: str, expected: set[str]) -> None:
    text = f"on: [pull_request]\n{permissions}jobs: {{a: {{runs-on: ubuntu-24.04}}}}\n"
    assert events(parsed(text)) == {"pull_request"}
    assert write_permissions(parsed(text)) == expected


def test_the_permissions_of_a_job_count_before_those_of_its_workflow() -> None:
    text = "on: pull_request\npermissions: {}\njobs: {a: {permissions: {id-token: write}}}\n"
    assert events(parsed(text)) == {"pull_request"}
    assert write_permissions(parsed(text)) == {"a: id-token"}
