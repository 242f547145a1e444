"""The pipelines that `stackwright ci` writes: what judges say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.judges.workflows import file_faults, schema_faults, zizmor_findings

from stackwright_cli.pipelines.github import preview, workflows
from stackwright_cli.pipelines.gitlab import jobs
from stackwright_cli.pipelines.place import Place

ROLE = "arn:aws:iam::123456789012:role/preview"
BLUEPRINTS = ["blueprint.yaml", "platforms/research/blueprint.yaml"]


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(params=[False, True], ids=["plain", "previewed"])
def pipeline(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the .github for two blueprints of one repository, without and with a preview."""
    previews = [preview("prod", ROLE, "eu-west-1")] if request.param else []
    for blueprint in BLUEPRINTS:
        write(tmp_path, workflows(Place(tmp_path, blueprint), "3.13", previews))
    return tmp_path / ".github"


def test_zizmor_finds_nothing_but_the_trigger_that_we_answer_for(pipeline: Path) -> None:
    assert zizmor_findings(pipeline, with_ignores=True) == []
    # Two comments silence it, one for each workflow that comments, and they silence no more.
    found = zizmor_findings(pipeline)
    assert len(found) == len(BLUEPRINTS)
    assert all(finding.startswith("dangerous-triggers (High)") for finding in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("diff", "  pull_request:\n", "  pull_request_target:\n", "dangerous-triggers (High)"),
        ("diff", "          persist-credentials: false\n", "", "artipacked (Medium)"),
        ("comment", "permissions: {}", "permissions: write-all", "excessive-permissions (High)"),
        (
            "comment",
            "run: stackwright comment --outdated",
            'run: echo "${{ github.event.workflow_run.head_branch }}"; true',
            "template-injection (High)",
        ),
    ],
)
def test_zizmor_finds_a_planted_fault(
    pipeline: Path, file: str, old: str, new: str, expected: str
) -> None:
    path = pipeline / "workflows" / f"stackwright-{file}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = zizmor_findings(pipeline, with_ignores=True)
    assert any(finding.startswith(expected) for finding in found)


def test_every_workflow_fits_the_schema_of_github(pipeline: Path) -> None:
    assert schema_faults(pipeline) == []


@pytest.mark.parametrize("blueprint", BLUEPRINTS)
def test_every_file_fits_the_schema_of_gitlab(tmp_path: Path, blueprint: str) -> None:
    files = jobs(Place(tmp_path, blueprint), "3.13")
    write(tmp_path, files)
    for name in files:
        assert file_faults(tmp_path / name, "vendor.gitlab-ci") == []


def test_a_misspelt_key_of_gitlab_is_found(tmp_path: Path) -> None:
    write(tmp_path, jobs(Place(tmp_path, "blueprint.yaml"), "3.13"))
    path = tmp_path / ".gitlab" / "stackwright.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("interruptible:", "interruptable:"), encoding="utf-8")
    assert file_faults(path, "vendor.gitlab-ci") != []
