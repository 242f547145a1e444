"""The steps of the two workflows, run as GitHub runs them: `bash -e`, variables and no more."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.pipelines.pull_request import ENVIRONMENT, PullRequest, pull_request
from tests.forge.server import TOKEN, fake_forge
from tests.forge.state import BASE_REPOSITORY

from stackwright_cli.pipelines.github import preview, workflows
from stackwright_cli.pipelines.place import Place

ROLE = "arn:aws:iam::123456789012:role/preview"


def steps(name: str) -> dict[str, dict[str, Any]]:
    """Return the steps of a workflow with previews by their names."""
    made = workflows(Place(Path(), "blueprint.yaml"), "3.13", [preview("prod", ROLE, "eu-west-1")])
    jobs = yaml.load(made[f".github/workflows/{name}.yml"], yaml.BaseLoader)["jobs"]
    return {step["name"]: step for job in jobs.values() for step in job["steps"]}


def run(step: dict[str, Any], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=folder,
        env={**ENVIRONMENT, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


def stand_in(folder: Path, script: str) -> str:
    """Put a program called `stackwright` first on the path, and return the path."""
    program = folder / "bin" / "stackwright"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return f"{program.parent}:{ENVIRONMENT['PATH']}"


@pytest.mark.parametrize(("code", "passes"), [(0, True), (1, False), (2, False), (3, True)])
def test_a_diff_that_says_no_is_handed_over_and_a_failure_is_not(
    tmp_path: Path, code: int, passes: bool
) -> None:
    made = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", str(made)], check=True)
    for message in ("one", "two"):
        empty = ["commit", "-q", "--allow-empty", "-m", message]
        subprocess.run(["git", "-C", str(made), *empty], env=ENVIRONMENT, check=True)
    output = tmp_path / "output"
    done = run(
        steps("stackwright-diff")["Compare"],
        made,
        BASE="HEAD~1",
        HEAD="HEAD",
        RUNNER_TEMP=str(tmp_path),
        GITHUB_OUTPUT=str(output),
        PATH=stand_in(tmp_path, f"exit {code}"),
    )
    assert (done.returncode == 0) is passes
    assert output.read_text(encoding="utf-8") == f"code={code}\n"


def test_previews_reach_the_comment_whatever_their_names_are(tmp_path: Path) -> None:
    previews = tmp_path / "stackwright" / "previews"
    previews.mkdir(parents=True)
    for name in ("prod.json", "a b; touch c.json"):
        (previews / name).write_text("", encoding="utf-8")
    path = stand_in(tmp_path, 'for word in "$@"; do echo "[$word]"; done')
    step = steps("stackwright-comment")["Comment"]
    done = run(step, tmp_path, RUNNER_TEMP=str(tmp_path), PATH=path)
    said = done.stdout.splitlines()
    assert said.count("[--preview]") == 2
    assert f"[{previews}/a b; touch c.json]" in said
    for file in previews.iterdir():
        file.unlink()
    assert "--preview" not in run(step, tmp_path, RUNNER_TEMP=str(tmp_path), PATH=path).stdout


def event(folder: Path, made: PullRequest) -> str:
    """Write the event of `workflow_run` for a pull request from a fork."""
    path = folder / "event.json"
    found = {
        "repository": {"id": 1, "full_name": BASE_REPOSITORY},
        "workflow_run": {
            "id": 5,
            "run_attempt": 1,
            "event": "pull_request",
            "head_sha": made.head,
            "head_branch": "more",
            "head_repository": {"full_name": "someone/platform"},
            "pull_requests": [],
        },
    }
    path.write_text(json.dumps(found), encoding="utf-8")
    return str(path)


@pytest.mark.slow
def test_a_pull_request_from_a_fork_is_compared_and_gets_its_comment(tmp_path: Path) -> None:
    made = pull_request(tmp_path / "repository", "github")
    artifact = tmp_path / "stackwright" / "diff"
    artifact.mkdir(parents=True)
    compared = run(
        steps("stackwright-diff")["Compare"],
        made.folder,
        BASE=made.base,
        HEAD=made.head,
        RUNNER_TEMP=str(artifact),
        GITHUB_OUTPUT=str(tmp_path / "output"),
    )
    assert compared.returncode == 0, compared.stderr
    with fake_forge("github") as forge:
        forge.pull.head, forge.pull.branch = made.head, "more"
        forge.pull.repository = "someone/platform"
        done = run(
            steps("stackwright-comment")["Comment"],
            tmp_path,
            RUNNER_TEMP=str(tmp_path),
            GITHUB_ACTIONS="true",
            GITHUB_API_URL=forge.url,
            GITHUB_EVENT_NAME="workflow_run",
            GITHUB_EVENT_PATH=event(tmp_path, made),
            GITHUB_REPOSITORY=BASE_REPOSITORY,
            GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
            GITHUB_TOKEN=TOKEN,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        (body,) = forge.bodies()
    assert "replicas" in body
    page = tmp_path / "stackwright" / "page.html"
    assert "replicas" in page.read_text(encoding="utf-8")
    assert made.head[:12] in body or made.head[:7] in body
    assert (tmp_path / "summary.md").read_text(encoding="utf-8")
