"""The two jobs of GitLab, run for real by gitlab-ci-local with its shell executor."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.cli.pipelines.pull_request import ENVIRONMENT, PullRequest, pull_request
from tests.forge.server import TOKEN, FakeForge, fake_forge
from tests.forge.state import BASE_PROJECT
from tests.forge.wire import Reply
from tests.servers.programs import gitlab_ci_local

from stackwright.diff.codec import from_json

ALONE = {"NO_COLOR": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

RSYNC = """\
#!/bin/sh
# Copies the last but one argument to the last one, as far as gitlab-ci-local asks for it.
while [ $# -gt 2 ]; do shift; done
mkdir -p "$2" && tar -C "$1" --exclude .gitlab-ci-local -cf - . | tar -C "$2" -xf -
"""


@pytest.fixture
def made(tmp_path: Path) -> PullRequest:
    """Return a merge request; without the program, skip the test by name."""
    gitlab_ci_local()
    return pull_request(tmp_path / "repository", "gitlab")


def ran(
    made: PullRequest, folder: Path, variables: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the pipeline of a repository with variables of GitLab.

    It sees no configuration of the person who runs the tests, and pip asks no index.
    """
    path = ENVIRONMENT["PATH"]
    if shutil.which("rsync") is None:
        program = folder / "bin" / "rsync"
        program.parent.mkdir(exist_ok=True)
        program.write_text(RSYNC, encoding="utf-8")
        program.chmod(0o755)
        path = f"{program.parent}:{path}"
    given = [word for item in variables.items() for word in ("--variable", "=".join(item))]
    return subprocess.run(
        [str(gitlab_ci_local()), "--force-shell-executor", *given],
        cwd=made.folder,
        env={**ENVIRONMENT, **ALONE, "PATH": path, "HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


def answer(forge: FakeForge, made: PullRequest, content: bytes) -> None:
    """Let merge request 7 have a pipeline whose job left a file."""
    here = f"/projects/{BASE_PROJECT}"
    ref = "refs/merge-requests/7/head"
    pipeline = {"id": 70, "project_id": BASE_PROJECT, "sha": made.head, "ref": ref}
    answers = {
        f"{here}/merge_requests": [{"iid": 7, "sha": made.head, "state": "opened"}],
        f"{here}/merge_requests/7/pipelines": [pipeline],
        f"{here}/pipelines/70/jobs": [{"id": 700, "name": "stackwright-diff", "status": "success"}],
        f"{here}/jobs/700/artifacts/stackwright-diff.json": content,
    }
    for path, document in answers.items():
        forge.go_wrong("GET", f"^{path}$", times=0, reply=Reply(200, document))


@pytest.mark.slow
def test_one_job_compares_and_the_other_one_comments(tmp_path: Path, made: PullRequest) -> None:
    request = {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": made.base,
    }
    compared = ran(made, tmp_path, request)
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert "stackwright-comment" not in compared.stdout
    content = (made.folder / "stackwright-diff.json").read_bytes()
    assert from_json(content, "diff").head.commit == made.head
    with fake_forge("gitlab") as forge:
        forge.pull.head = made.head
        answer(forge, made, content)
        schedule = {
            "CI_PIPELINE_SOURCE": "schedule",
            "CI_COMMIT_REF_PROTECTED": "true",
            "CI_API_V4_URL": forge.url,
            "CI_PROJECT_ID": str(BASE_PROJECT),
            "STACKWRIGHT_COMMENT": "true",
            "GITLAB_TOKEN": TOKEN,
        }
        said = ran(made, tmp_path, schedule)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "merge request 7: " in said.stdout
        assert TOKEN not in said.stdout + said.stderr
        (body,) = forge.bodies()
    page = made.folder / "stackwright-pages" / "merge-request-7.html"
    assert "replicas" in page.read_text(encoding="utf-8")
    assert "replicas" in body
    assert json.loads(content)["schema"] == "stackwright.diff/v1"


@pytest.mark.slow
def test_an_unprotected_branch_gets_no_job_with_the_token(
    tmp_path: Path, made: PullRequest
) -> None:
    variables = {
        "CI_PIPELINE_SOURCE": "schedule",
        "CI_COMMIT_REF_PROTECTED": "false",
        "STACKWRIGHT_COMMENT": "true",
    }
    said = ran(made, tmp_path, variables)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "pipeline finished" in said.stderr
    assert "stackwright-" not in said.stdout
