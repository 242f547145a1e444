"""`stackwright ci comments`, on a fake GitLab over real HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.components.report.diff.diffs import diff, environment, grave
from tests.forge.server import TOKEN, FakeForge, fake_forge
from tests.forge.state import BASE_PROJECT, HEAD, Pull
from tests.forge.wire import Reply

from stackwright.diff.codec import to_json
from stackwright_cli import main
from stackwright_cli.forge import http as http_module
from stackwright_cli.pipelines import open_requests

FORK = 77
OTHER = "b" * 40


@pytest.fixture
def gitlab(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeForge]:
    """Run a fake GitLab, and be a job on a schedule there."""
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "GITLAB_", "CI_")):
            monkeypatch.delenv(name)
    with fake_forge("gitlab") as forge:
        for name, value in {
            "GITLAB_CI": "true",
            "GITLAB_TOKEN": TOKEN,
            "CI_API_V4_URL": forge.url,
            "CI_PROJECT_ID": str(BASE_PROJECT),
            "CI_JOB_ID": "500",
        }.items():
            monkeypatch.setenv(name, value)
        yield forge


def always(forge: FakeForge, path: str, document: Any, status: int = 200) -> None:
    """Answer a path that the fake forge does not know."""
    forge.go_wrong("GET", f"^{path}$", times=0, reply=Reply(status, document))


def opened(forge: FakeForge, *numbers: int, head: str = HEAD) -> None:
    shown = [{"iid": number, "sha": head, "state": "opened"} for number in numbers]
    always(forge, f"/projects/{BASE_PROJECT}/merge_requests", shown)


def compared(
    forge: FakeForge,
    number: int,
    content: bytes | None,
    *,
    project: int = BASE_PROJECT,
    status: str = "success",
    sha: str = HEAD,
) -> None:
    """Let the newest pipeline of a merge request have run in a project."""
    pipeline, job = number * 10, number * 100
    request = f"/projects/{BASE_PROJECT}/merge_requests/{number}/pipelines"
    ref = f"refs/merge-requests/{number}/head"
    always(forge, request, [{"id": pipeline, "project_id": project, "sha": sha, "ref": ref}])
    jobs = [
        {"id": 1, "name": "lint", "status": "success"},
        {"id": job, "name": "stackwright-diff", "status": status},
    ]
    always(forge, f"/projects/{project}/pipelines/{pipeline}/jobs", jobs)
    path = f"/projects/{project}/jobs/{job}/artifacts/stackwright-diff.json"
    if content is None:
        always(forge, path, {"message": "404 Not Found"}, 404)
    else:
        always(forge, path, content)


def a_diff(commit: str = HEAD) -> bytes:
    found = grave()
    return to_json(replace(found, head=replace(found.head, commit=commit))).encode()


def test_a_merge_request_from_a_fork_gets_its_comment(
    gitlab: FakeForge, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(gitlab, 7)
    compared(gitlab, 7, a_diff(), project=FORK)
    assert main(["ci", "comments"]) == 0
    assert capsys.readouterr().out.startswith("merge request 7: ")
    (body,) = gitlab.bodies()
    assert "stackwright" in body.lower()


def test_a_second_run_writes_nothing_new(gitlab: FakeForge) -> None:
    opened(gitlab, 7)
    compared(gitlab, 7, a_diff(), status="failed")
    assert main(["ci", "comments", "--no-labels"]) == 0
    before = gitlab.count("POST", "PUT", "DELETE")
    assert main(["ci", "comments", "--no-labels"]) == 0
    assert gitlab.count("POST", "PUT", "DELETE") == before > 0


def test_a_job_that_failed_without_a_diff_marks_the_comment_as_outdated(
    gitlab: FakeForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(gitlab, 7)
    compared(gitlab, 7, a_diff())
    assert main(["ci", "comments"]) == 0
    gitlab.troubles.clear()
    monkeypatch.setenv("CI_JOB_ID", "501")
    opened(gitlab, 7)
    compared(gitlab, 7, None, status="failed")
    assert main(["ci", "comments"]) == 0
    (body,) = gitlab.bodies()
    assert "Outdated" in body


def test_a_job_that_still_runs_is_left_alone(
    gitlab: FakeForge, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(gitlab, 7)
    compared(gitlab, 7, a_diff(), status="running")
    assert main(["ci", "comments"]) == 0
    assert gitlab.bodies() == []
    assert "No open merge request has left a diff." in capsys.readouterr().out


def test_a_pipeline_of_an_older_commit_says_nothing(gitlab: FakeForge) -> None:
    opened(gitlab, 7)
    compared(gitlab, 7, a_diff(OTHER), sha=OTHER)
    assert main(["ci", "comments"]) == 0
    assert gitlab.bodies() == []


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"<html>", a_diff(OTHER), b'{"schema": "stackwright.diff/v1", "name": 1}'],
)
def test_a_forged_file_is_told_of_and_fails_nothing(
    gitlab: FakeForge, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    gitlab.state.pulls[8] = Pull(8)
    opened(gitlab, 8, 7)
    compared(gitlab, 8, content)
    compared(gitlab, 7, a_diff())
    assert main(["ci", "comments"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("merge request 8: ")
    assert "merge request 8: There is no comment that could be outdated" in said.out
    assert len(gitlab.bodies()) == 1
    assert TOKEN not in said.err + said.out


def test_a_fork_that_the_token_may_not_see_is_told_and_stops_nothing(
    gitlab: FakeForge, capsys: pytest.CaptureFixture[str]
) -> None:
    gitlab.state.pulls[8] = Pull(8)
    opened(gitlab, 8, 7)
    request = f"/projects/{BASE_PROJECT}/merge_requests/8/pipelines"
    always(gitlab, request, [{"id": 80, "project_id": FORK, "sha": HEAD, "ref": "x"}])
    always(gitlab, f"/projects/{FORK}/pipelines/80/jobs", {"message": "404 Not Found"}, 404)
    compared(gitlab, 7, a_diff())
    assert main(["ci", "comments"]) == 0
    assert "merge request 8: its pipeline is in a fork" in capsys.readouterr().out
    assert len(gitlab.bodies()) == 1


def test_a_forge_that_fails_is_told_with_its_merge_request(
    gitlab: FakeForge, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(gitlab, 7)
    always(gitlab, f"/projects/{BASE_PROJECT}/merge_requests/7/pipelines", {"message": "no"}, 401)
    assert main(["ci", "comments"]) == 1
    said = capsys.readouterr().err
    assert "merge request 7: GitLab: could not list the pipelines" in said
    assert TOKEN not in said


def test_what_a_forged_file_says_reaches_the_log_without_control_characters(
    gitlab: FakeForge, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(gitlab, 7)
    compared(gitlab, 7, a_diff().replace(b'"schema": "', b'"\\u001b[2Jx\\u202e": 1, "schema": "'))
    assert main(["ci", "comments"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("merge request 7: ")
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_file_that_is_too_large_is_told_of_and_fails_nothing(
    gitlab: FakeForge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(http_module, "LARGEST", 1000)
    opened(gitlab, 7)
    compared(gitlab, 7, b" " * 5000)
    assert main(["ci", "comments"]) == 0
    assert "left a file that is too large for a diff" in capsys.readouterr().out


def test_a_comment_whose_pipeline_now_leaves_no_diff_is_marked_as_outdated(
    gitlab: FakeForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(gitlab, 7)
    compared(gitlab, 7, a_diff())
    assert main(["ci", "comments"]) == 0
    gitlab.troubles.clear()
    monkeypatch.setenv("CI_JOB_ID", "501")
    opened(gitlab, 7)
    compared(gitlab, 7, b"{}")
    assert main(["ci", "comments"]) == 0
    (body,) = gitlab.bodies()
    assert "Outdated" in body


def test_each_merge_request_has_its_own_time(
    gitlab: FakeForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is read within the time; all of them together are not."""
    monkeypatch.setattr(open_requests, "EACH", 1.0)
    numbers = range(7, 13)
    for number in numbers:
        gitlab.state.pulls[number] = Pull(number)
        compared(gitlab, number, a_diff())
    opened(gitlab, *numbers)
    trouble = next(one for one in gitlab.troubles if "artifacts" in one.pattern)
    for one in gitlab.troubles:
        one.seconds = 0.3 if "artifacts" in one.pattern else 0.0
    assert trouble.seconds
    assert main(["ci", "comments", "--no-labels"]) == 0
    assert {one.pull_request for one in gitlab.state.comments} == set(numbers)


def test_the_page_of_each_diff_is_kept(gitlab: FakeForge, tmp_path: Path) -> None:
    opened(gitlab, 7)
    compared(gitlab, 7, a_diff())
    assert main(["ci", "comments", "--html", str(tmp_path / "pages")]) == 0
    (page,) = (tmp_path / "pages").iterdir()
    assert page.name == "merge-request-7.html"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_merge_request_that_lacks_a_change_of_the_platform_is_marked(
    gitlab: FakeForge,
) -> None:
    gitlab.state.newest["blueprint.yaml"] = OTHER
    compared(gitlab, 7, a_diff())
    assert main(["ci", "comments", "--no-labels"]) == 0
    (body,) = gitlab.bodies()
    assert "**Outdated**" in body
    assert "The platform on the base branch has changed" in body
    before = gitlab.count("POST", "PUT", "DELETE")
    assert main(["ci", "comments", "--no-labels"]) == 0
    assert gitlab.count("POST", "PUT", "DELETE") == before
    gitlab.state.history[HEAD] = {OTHER}
    assert main(["ci", "comments", "--no-labels"]) == 0
    (body,) = gitlab.bodies()
    assert "Outdated" not in body


def test_a_change_of_something_else_on_the_target_branch_marks_nothing(gitlab: FakeForge) -> None:
    gitlab.state.newest["README.md"] = OTHER
    compared(gitlab, 7, a_diff())
    assert main(["ci", "comments"]) == 0
    (body,) = gitlab.bodies()
    assert "Outdated" not in body


def test_a_diff_of_nothing_is_silent(gitlab: FakeForge) -> None:
    found = diff(environment())
    content = to_json(replace(found, head=replace(found.head, commit=HEAD))).encode()
    opened(gitlab, 7)
    compared(gitlab, 7, content)
    assert main(["ci", "comments"]) == 0
    assert gitlab.bodies() == []


def test_it_refuses_to_run_where_code_of_a_merge_request_ran(
    gitlab: FakeForge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "7")
    assert main(["ci", "comments"]) == 2
    assert "whose code must not see the token" in capsys.readouterr().err
    assert gitlab.requests == []


def test_without_a_token_it_says_how_to_get_one(
    gitlab: FakeForge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITLAB_TOKEN")
    assert main(["ci", "comments"]) == 2
    assert "project access token" in capsys.readouterr().err
