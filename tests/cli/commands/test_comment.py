"""`stackwright comment`, on a fake forge over real HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.components.report.diff.diffs import diff as diff_of
from tests.components.report.diff.diffs import environment, grave, large
from tests.forge.server import TOKEN, FakeForge, fake_forge
from tests.forge.state import BASE_PROJECT, BASE_REPOSITORY, HEAD, Pull, User
from tests.forge.wire import Reply

from stackwright.diff.codec import to_json
from stackwright.diff.model import Diff
from stackwright.report.diff.labels import LABELS
from stackwright_cli import main
from stackwright_cli.forge import base_moved, reconcile
from stackwright_cli.forge import github as github_module
from stackwright_cli.forge.marker import read

RECORDED = Path(__file__).parents[2] / "components/diff/preview/recorded/preview-refresh.jsonl"
"""The engine's preview of an environment called prod."""

OTHER = "b" * 40
MERGED = "c" * 40
PUSHED = "d" * 40


@dataclass
class Job:
    """A job of a CI system whose forge is the fake one."""

    fake: FakeForge
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def set(self, variables: Mapping[str, str]) -> None:
        """Let these be the only variables of the CI system."""
        for name in list(os.environ):
            if name.startswith(("GITHUB_", "GITLAB_", "CI_")):
                self.monkeypatch.delenv(name)
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)

    def event(self, name: str, payload: Mapping[str, Any], **variables: str) -> None:
        """Be a workflow that this event started."""
        path = self.folder / "event.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        self.set(
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": self.fake.url,
                "GITHUB_EVENT_NAME": name,
                "GITHUB_EVENT_PATH": str(path),
                "GITHUB_REPOSITORY": BASE_REPOSITORY,
                "GITHUB_RUN_ATTEMPT": "1",
                "GITHUB_RUN_ID": "5000",
                "GITHUB_SHA": MERGED,
                "GITHUB_TOKEN": TOKEN,
                **variables,
            }
        )

    def pull_request(self, **variables: str) -> None:
        """Be a workflow on the pull request."""
        pull_request = {"number": 7, "head": {"sha": HEAD}}
        self.event("pull_request", {"pull_request": pull_request}, **variables)

    def merge_request(self, **variables: str) -> None:
        """Be a pipeline on the merge request."""
        self.set(
            {
                "CI_API_V4_URL": self.fake.url,
                "CI_COMMIT_SHA": HEAD,
                "CI_JOB_ID": "5000",
                "CI_MERGE_REQUEST_IID": "7",
                "CI_MERGE_REQUEST_PROJECT_ID": str(BASE_PROJECT),
                "CI_PROJECT_ID": "4711",
                "GITLAB_CI": "true",
                "GITLAB_TOKEN": TOKEN,
                **variables,
            }
        )

    def diff(self, diff: Diff, commit: str = HEAD) -> str:
        """Write a diff of a commit; return the file."""
        of_commit = replace(diff, head=replace(diff.head, commit=commit))
        path = self.folder / "diff.json"
        path.write_text(to_json(of_commit), encoding="utf-8")
        return str(path)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run the command; return its exit code and what it said, which holds no token."""
        code = main(["comment", *arguments])
        said = self.capsys.readouterr()
        assert TOKEN not in said.out + said.err
        return code, said.out + said.err

    def answer(self, *arguments: str) -> dict[str, Any]:
        """Run the command and return its JSON."""
        assert main(["comment", *arguments, "--format", "json"]) == 0
        said = self.capsys.readouterr()
        assert TOKEN not in said.out + said.err
        found = json.loads(said.out)
        assert isinstance(found, dict)
        return found


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for a forge that shows everything at once."""
    monkeypatch.setattr(reconcile, "SETTLE", 0.0)
    monkeypatch.setattr(github_module, "PACE", 0.0)


@pytest.fixture
def github(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Job]:
    """Be a workflow of GitHub on the pull request."""
    with fake_forge("github") as fake:
        job = Job(fake, tmp_path, monkeypatch, capsys)
        job.pull_request()
        yield job


@pytest.fixture
def gitlab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Job]:
    """Be a pipeline of GitLab on the merge request."""
    with fake_forge("gitlab") as fake:
        job = Job(fake, tmp_path, monkeypatch, capsys)
        job.merge_request()
        yield job


@pytest.fixture(params=["github", "gitlab"])
def job(request: pytest.FixtureRequest) -> Job:
    """Be a job of each kind."""
    found: Job = request.getfixturevalue(request.param)
    return found


def quiet() -> Diff:
    return diff_of(environment("prod"))


def test_a_pull_request_gets_one_comment_and_labels(job: Job) -> None:
    code, said = job.run("--diff", job.diff(grave()))
    assert code == 0
    (body,) = job.fake.bodies()
    assert "resource with data would be lost" in body
    assert "stackwright: data-loss" in job.fake.pull.labels
    assert said.startswith("Wrote a comment on pull request 7 of ")


def test_the_answer_is_json_with_a_version(github: Job) -> None:
    found = github.answer("--diff", github.diff(grave()))
    labels = found.pop("labels_added")
    assert "stackwright: data-loss" in labels
    number = github.fake.state.comments[0].id
    assert found == {
        "schema": "stackwright.comment/v1",
        "forge": "github",
        "repository": BASE_REPOSITORY,
        "pull_request": 7,
        "commit": HEAD,
        "state": "created",
        "url": f"https://github.com/{BASE_REPOSITORY}/pull/7#issuecomment-{number}",
        "parts": 1,
        "created": [number],
        "updated": [],
        "deleted": [],
        "labels_removed": [],
        "check": "",
        "summary": False,
        "notes": [],
        "problems": [],
        "messages": [],
    }


def test_the_next_push_updates_the_comment(job: Job) -> None:
    job.run("--diff", job.diff(grave()))
    job.fake.pull.head = OTHER
    if job.fake.kind == "github":
        payload = {"pull_request": {"number": 7, "head": {"sha": OTHER}}}
        job.event("pull_request", payload, GITHUB_RUN_ID="5001")
    else:
        job.merge_request(CI_COMMIT_SHA=OTHER, CI_JOB_ID="5001")
    found = job.answer("--diff", job.diff(large(3), OTHER))
    assert found["state"] == "updated"
    (body,) = job.fake.bodies()
    assert f"head={OTHER}" in body


def test_a_diff_that_is_too_large_for_one_message_comes_in_parts(github: Job) -> None:
    found = github.answer("--diff", github.diff(large(2500)))
    bodies = github.fake.bodies()
    assert found["parts"] == len(bodies) > 1
    assert max(map(len, bodies)) <= 65_536
    again = github.answer("--diff", github.diff(large(2500)))
    assert again["state"] == "unchanged"


def test_seventy_stacks_and_four_megabytes_are_one_comment(job: Job) -> None:
    names = [f"stack{number}" for number in range(70)]
    many = large(70).environments[0].changes
    stacks = diff_of(*(environment(name, *many) for name in names))
    path = job.diff(stacks)
    assert Path(path).stat().st_size > 4_000_000
    found = job.answer("--diff", path)
    bodies = job.fake.bodies()
    assert [signature[0].part for signature in map(read, bodies) if signature] == list(
        range(1, found["parts"] + 1)
    )
    assert all(name in bodies[0] for name in names)
    assert job.answer("--diff", path)["state"] == "unchanged"


def test_labels_of_others_stay_and_ours_go_when_the_risk_is_gone(job: Job) -> None:
    job.fake.pull.labels |= {"bug", "stackwright: data-loss", "stackwright: refused"}
    found = job.answer("--diff", job.diff(large(2)), "--when", "always")
    assert "bug" in job.fake.pull.labels
    assert "stackwright: data-loss" not in job.fake.pull.labels
    assert found["labels_removed"] == ["stackwright: data-loss", "stackwright: refused"]


def test_without_labels_none_is_touched(job: Job) -> None:
    job.run("--diff", job.diff(grave()), "--no-labels")
    assert job.fake.pull.labels == set()


def test_what_fails_after_the_comment_is_told_with_exit_code_1(github: Job) -> None:
    github.fake.me.permissions = frozenset({"pull-requests", "issues"})
    code, said = github.run("--diff", github.diff(grave()), "--annotations")
    assert code == 1
    assert len(github.fake.bodies()) == 1
    assert "This needs the permission `checks: write`" in said
    assert "Added stackwright: data-loss" in said


def test_labels_that_may_not_be_made_are_told_of_and_fail_nothing(github: Job) -> None:
    github.fake.me.permissions = frozenset({"pull-requests"})
    github.fake.pull.labels.add("stackwright: uncertain")
    found = github.answer("--diff", github.diff(grave()))
    (note,) = found["notes"]
    assert "`issues: write` to make a label that is new" in note
    assert found["labels_added"] == []
    github.fake.state.known_labels |= set(LABELS)
    assert "stackwright: data-loss" in github.answer("--diff", github.diff(grave()))["labels_added"]


def test_nothing_that_changes_gets_no_comment_unless_there_is_one(job: Job) -> None:
    assert job.answer("--diff", job.diff(quiet()))["state"] == "silent"
    assert job.fake.bodies() == []
    job.run("--diff", job.diff(grave()))
    assert job.answer("--diff", job.diff(quiet()))["state"] == "updated"
    (body,) = job.fake.bodies()
    assert "Nothing would change" in body
    assert job.fake.pull.labels == set()


def test_the_labels_of_another_blueprint_stay(job: Job) -> None:
    job.run("--diff", job.diff(grave()), "--blueprint", "one/blueprint.yaml")
    given = set(job.fake.pull.labels)
    assert "stackwright: refused" in given
    found = job.answer("--diff", job.diff(quiet()), "--blueprint", "two/blueprint.yaml")
    assert (found["state"], found["labels_removed"]) == ("silent", [])
    assert job.fake.pull.labels == given
    assert "the comment on another blueprint may have given them" in found["notes"][0]
    job.run("--diff", job.diff(quiet()), "--blueprint", "one/blueprint.yaml")
    assert job.fake.pull.labels == set()


def test_nothing_that_changes_gets_a_comment_if_that_is_wished(job: Job) -> None:
    found = job.answer("--diff", job.diff(quiet()), "--when", "always")
    assert found["state"] == "created"


def next_run(job: Job) -> None:
    """Be a later run on the same commit."""
    if job.fake.kind == "github":
        job.pull_request(GITHUB_RUN_ID="5001")
    else:
        job.merge_request(CI_JOB_ID="5001")


def test_a_failed_job_marks_the_comment_as_outdated_and_keeps_it(job: Job) -> None:
    assert job.answer("--outdated")["state"] == "no-comment"
    job.run("--diff", job.diff(grave()))
    (before,) = job.fake.bodies()
    next_run(job)
    found = job.answer("--outdated")
    assert found["state"] == "outdated"
    (after,) = job.fake.bodies()
    assert "**Outdated**" in after
    assert after.endswith(before.partition("\n")[2])


def test_what_fails_after_the_comment_does_not_make_it_outdated(github: Job) -> None:
    github.fake.me.permissions = frozenset({"pull-requests", "issues"})
    assert github.run("--diff", github.diff(grave()), "--annotations")[0] == 1
    assert github.answer("--outdated")["state"] == "unchanged"
    (body,) = github.fake.bodies()
    assert "Outdated" not in body


def after_push(job: Job, branch: str = "main", commit: str = PUSHED) -> None:
    """Be a job that a push started."""
    if job.fake.kind == "github":
        ref = f"refs/heads/{branch}"
        job.event("push", {"ref": ref, "after": commit}, GITHUB_REF=ref, GITHUB_SHA=commit)
    else:
        variables = {"CI_API_V4_URL": job.fake.url, "CI_PROJECT_ID": str(BASE_PROJECT)}
        variables |= {"CI_COMMIT_BRANCH": branch, "CI_COMMIT_SHA": commit, "CI_JOB_ID": "6000"}
        job.set({"GITLAB_CI": "true", "GITLAB_TOKEN": TOKEN, **variables})


def test_a_push_to_the_base_marks_the_comments_that_lack_it(job: Job) -> None:
    job.run("--diff", job.diff(grave()))
    (before,) = job.fake.bodies()
    after_push(job)
    found = job.answer("--base-moved")
    (after,) = job.fake.bodies()
    assert (found["state"], found["notes"]) == (
        "outdated",
        [f"Pull request 7 lacks {PUSHED[:12]}."],
    )
    assert "The platform on the base branch has changed" in after
    assert after.endswith(before.partition("\n")[2])
    assert job.answer("--base-moved")["state"] == "no-comment"


def test_a_pull_request_that_has_what_was_pushed_stays_as_it_is(job: Job) -> None:
    job.run("--diff", job.diff(grave()))
    job.fake.state.history[HEAD] = {PUSHED}
    after_push(job)
    assert job.answer("--base-moved")["state"] == "no-comment"
    (body,) = job.fake.bodies()
    assert "Outdated" not in body


def test_a_push_to_another_branch_marks_nothing(job: Job) -> None:
    job.run("--diff", job.diff(grave()))
    after_push(job, "release")
    assert job.answer("--base-moved")["state"] == "no-comment"


def test_comments_of_others_and_on_other_blueprints_are_not_marked(job: Job) -> None:
    job.run("--diff", job.diff(grave()), "--blueprint", "other/blueprint.yaml")
    job.fake.state.say(7, job.fake.stranger, job.fake.bodies()[0])
    before = [one.body for one in job.fake.state.comments]
    after_push(job)
    assert job.answer("--base-moved")["state"] == "no-comment"
    assert [one.body for one in job.fake.state.comments] == before


def test_a_pull_request_that_fails_keeps_no_other_from_being_marked(job: Job) -> None:
    job.run("--diff", job.diff(grave()))
    job.fake.state.pulls = {6: Pull(6), **job.fake.state.pulls}
    pattern = "/(issues|merge_requests)/6/(comments|notes)"
    job.fake.go_wrong("GET", pattern, times=0, reply=Reply(401, {"message": "no"}))
    after_push(job)
    code, said = job.run("--base-moved")
    assert code == 1
    assert "pull request 6: " in said
    (body,) = job.fake.bodies()
    assert "Outdated" in body


def test_no_more_pull_requests_are_looked_at_than_a_token_has_requests_for(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_moved, "MOST", 2)
    job.fake.state.pulls = {number: Pull(number) for number in (1, 2, 3)}
    after_push(job)
    found = job.answer("--base-moved")
    assert found["notes"] == ["Only the 2 pull requests that changed last were looked at."]
    asked = {one.path for one in job.fake.requests}
    assert not any("/3/" in path for path in asked)


def test_where_nothing_was_pushed_there_is_nothing_to_mark(job: Job) -> None:
    code, said = job.run("--base-moved")
    assert (code, job.fake.requests) == (2, [])
    assert "was not started by a push to a branch" in said


def test_the_page_is_made_of_the_checked_diff(job: Job) -> None:
    page = job.folder / "new" / "page.html"
    name = "<script>alert(1)</script>"
    job.run("--diff", job.diff(replace(grave(), name=name)), "--html", str(page))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "would be lost" in text
    assert name not in text


def test_a_file_that_is_no_diff_makes_no_page(job: Job) -> None:
    (job.folder / "diff.json").write_text("<html><script>1</script>", encoding="utf-8")
    page = job.folder / "page.html"
    code, _ = job.run("--diff", str(job.folder / "diff.json"), "--html", str(page))
    assert (code, page.exists()) == (2, False)


@pytest.mark.parametrize("alone", ["--outdated", "--base-moved"])
def test_a_page_needs_a_diff(job: Job, alone: str) -> None:
    code, said = job.run(alone, "--html", "page.html")
    assert (code, "--html need --diff FILE" in said) == (2, True)


def test_a_dry_run_asks_nobody_and_needs_no_token(job: Job) -> None:
    job.monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    job.monkeypatch.delenv("GITLAB_TOKEN", raising=False)
    code, said = job.run("--diff", job.diff(grave()), "--dry-run")
    assert code == 0
    assert "would be lost" in said
    assert "Nothing was written: this is what would be on pull request 7" in said
    assert job.fake.requests == []


def test_a_dry_run_needs_no_ci_system(job: Job) -> None:
    job.set({})
    found = job.answer("--diff", job.diff(grave()), "--dry-run")
    assert (found["state"], len(found["messages"])) == ("dry-run", 1)
    assert read(found["messages"][0]) is not None


def test_a_check_shows_the_remarks_on_their_lines(github: Job) -> None:
    found = github.answer("--diff", github.diff(grave()), "--annotations")
    (run,) = github.fake.state.checks
    assert (run["head_sha"], run["conclusion"]) == (HEAD, "failure")
    assert {one["path"] for one in run["output"]["annotations"]} >= {"blueprint.yaml"}
    assert found["check"] == run["html_url"]


def test_gitlab_gets_a_commit_status_and_says_that_it_shows_no_remarks(gitlab: Job) -> None:
    found = gitlab.answer("--diff", gitlab.diff(grave()), "--annotations", "--summary")
    (status,) = gitlab.fake.state.statuses
    assert (status["sha"], status["state"], status["name"]) == (HEAD, "failed", "Stackwright")
    assert found["notes"] == [
        "GitLab shows no annotations: the check has its title only.",
        "There is no summary of a job here: GITHUB_STEP_SUMMARY is not set.",
    ]


def test_the_summary_of_the_job_is_written_below_what_is_there(github: Job) -> None:
    page = github.folder / "summary.md"
    page.write_text("before\n", encoding="utf-8")
    github.pull_request(GITHUB_STEP_SUMMARY=str(page))
    assert github.answer("--diff", github.diff(grave()), "--summary")["summary"] is True
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert "would be lost" in text


def test_what_the_real_engine_says_stands_below_the_verdict(job: Job) -> None:
    found = job.answer("--diff", job.diff(grave()), "--preview", str(RECORDED))
    assert found["state"] == "created"
    assert "What the engine says" in job.fake.bodies()[0]


def test_what_is_no_preview_of_these_environments_is_refused(job: Job) -> None:
    code, said = job.run("--diff", job.diff(grave()), "--preview", job.diff(grave()))
    assert (code, job.fake.requests) == (2, [])
    path = str(RECORDED)
    code, said = job.run("--diff", job.diff(grave()), "--preview", path, "--preview", path)
    assert (code, '"prod" is given twice' in said) == (2, True)
    development = diff_of(environment("dev"))
    code, said = job.run("--diff", job.diff(development), "--preview", path)
    assert (code, '"prod" is not in the diff' in said) == (2, True)


def after_run(job: Job, pull_requests: list[Any], **run: Any) -> None:
    """Be the workflow that runs, with rights, after the one that made the diff."""
    payload = {
        "workflow_run": {
            "id": 4000,
            "run_attempt": 1,
            "event": "pull_request",
            "head_sha": HEAD,
            "head_branch": "feature",
            "head_repository": {"id": 2, "full_name": "mallory/platform"},
            "pull_requests": pull_requests,
            **run,
        },
        "repository": {"id": 1},
    }
    job.event("workflow_run", payload)


def test_a_pull_request_from_a_fork_is_found_by_what_the_event_says(github: Job) -> None:
    github.fake.pull.repository = "mallory/platform"
    github.fake.state.pulls[8] = Pull(8, HEAD, "feature", "eve/platform")
    github.fake.state.pulls[9] = Pull(9, OTHER, "feature", "mallory/platform")
    github.fake.state.pulls[10] = Pull(10, HEAD, "feature", "mallory/other")
    after_run(github, [])
    assert github.answer("--diff", github.diff(grave()))["pull_request"] == 7
    assert {one.pull_request for one in github.fake.state.comments} == {7}


def test_where_the_fork_is_gone_nobody_else_gets_its_comment(github: Job) -> None:
    """The pull request of a deleted fork is closed; one that shares its commit is another's."""
    after_run(github, [], head_repository=None)
    assert github.answer("--diff", github.diff(grave()))["state"] == "no-pull-request"
    assert github.fake.state.comments == []


def test_a_pull_request_of_the_same_repository_is_listed_by_the_event(github: Job) -> None:
    head = {"sha": HEAD, "repo": {"id": 1}}
    listed = {"number": 7, "head": head, "base": {"repo": {"id": 1}}}
    foreign = {"number": 8, "head": head, "base": {"repo": {"id": 2}}}
    after_run(github, [foreign, listed], head_repository={"id": 1, "full_name": BASE_REPOSITORY})
    assert github.answer("--diff", github.diff(grave()))["pull_request"] == 7


def test_a_run_that_was_not_about_a_pull_request_is_refused(github: Job) -> None:
    after_run(github, [], event="push")
    code, said = github.run("--diff", github.diff(grave()))
    assert (code, github.fake.requests) == (2, [])
    assert "was started by 'push', not by a pull request" in said


@pytest.mark.parametrize("commit", [OTHER, ""])
def test_a_diff_of_another_commit_is_refused(job: Job, commit: str) -> None:
    code, said = job.run("--diff", job.diff(grave(), commit))
    assert (code, job.fake.requests) == (2, [])
    assert "and this run is about aaaaaaaaaaaa" in said
    assert "It is stale, or someone else made it" in said


def test_a_forged_diff_of_a_fork_decides_nothing(github: Job) -> None:
    """What names a place in the file is text: it goes where the event says, or nowhere."""
    github.fake.pull.repository = "mallory/platform"
    github.fake.state.pulls[8] = Pull(8, OTHER)
    after_run(github, [])
    code, _ = github.run("--diff", github.diff(replace(grave(), name="other"), OTHER))
    assert code == 2
    assert github.fake.state.comments == []


def test_the_trial_merge_that_the_forge_made_stands_for_the_commit(job: Job) -> None:
    if job.fake.kind == "gitlab":
        job.merge_request(CI_COMMIT_SHA=MERGED, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD)
    assert job.answer("--diff", job.diff(grave(), MERGED))["commit"] == HEAD


def test_the_base_of_pull_request_target_does_not_stand_for_the_commit(github: Job) -> None:
    pull_request = {"number": 7, "head": {"sha": HEAD}}
    github.event("pull_request_target", {"pull_request": pull_request})
    assert github.run("--diff", github.diff(grave(), MERGED))[0] == 2


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not valid JSON"),
        (b"{}", "no diff of schema stackwright.diff/v1"),
        (b'{"schema": "stackwright.diff/v2"}', "no diff of schema stackwright.diff/v1"),
        (b'{"schema": "stackwright.diff/v1"}', "Field required"),
        (b"[" * 100_000, "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
    ],
)
def test_a_file_that_is_no_diff_is_refused(job: Job, content: bytes, problem: str) -> None:
    path = job.folder / "diff.json"
    path.write_bytes(content)
    code, said = job.run("--diff", str(path))
    assert (code, job.fake.requests) == (2, [])
    assert problem in said
    assert "Traceback" not in said


def test_a_file_with_more_than_a_diff_is_refused(job: Job) -> None:
    document = json.loads(Path(job.diff(grave())).read_text(encoding="utf-8"))
    document["repository"] = "acme/other"
    path = job.folder / "forged.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    code, said = job.run("--diff", str(path))
    assert (code, job.fake.requests) == (2, [])
    assert "repository" in said


def test_a_file_that_is_too_large_is_refused(job: Job) -> None:
    path = job.folder / "diff.json"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    code, said = job.run("--diff", str(path))
    assert (code, job.fake.requests) == (2, [])
    assert "it is larger than 67108864 bytes" in said


def test_a_link_or_a_pipe_in_the_place_of_the_file_is_not_opened(job: Job) -> None:
    secret = job.folder / "secret"
    secret.write_text("canary", encoding="utf-8")
    link = job.folder / "link.json"
    link.symlink_to(secret)
    pipe = job.folder / "pipe.json"
    os.mkfifo(pipe)
    for path in (link, pipe, job.folder, job.folder / "absent.json"):
        code, said = job.run("--diff", str(path))
        assert code == 2
        assert "it cannot be read" in said
        assert "canary" not in said


def test_a_newer_commit_is_left_to_its_own_run(job: Job) -> None:
    job.fake.pull.head = OTHER
    found = job.answer("--diff", job.diff(grave()))
    assert found["state"] == "superseded"
    assert job.fake.bodies() == []
    assert job.fake.pull.labels == set()


def test_a_run_of_an_older_commit_that_changes_nothing_takes_no_label_away(job: Job) -> None:
    job.fake.pull.head = OTHER
    job.fake.pull.labels.add("stackwright: data-loss")
    assert job.answer("--diff", job.diff(quiet()))["state"] == "superseded"
    assert job.fake.pull.labels == {"stackwright: data-loss"}


def test_the_pull_request_is_found_by_a_commit_that_is_given(job: Job) -> None:
    job.fake.state.pulls[8] = Pull(8, OTHER, "other")
    found = job.answer("--diff", job.diff(grave(), OTHER), "--commit", OTHER)
    assert found["pull_request"] == 8
    job.fake.state.pulls[9] = Pull(9, OTHER, "another")
    code, said = job.run("--diff", job.diff(grave(), OTHER), "--commit", OTHER)
    assert code == 2
    assert "is the head of several pull requests: 8, 9." in said


def test_a_commit_of_no_open_pull_request_is_no_failure(job: Job) -> None:
    job.fake.state.pulls[8] = Pull(8, OTHER, is_open=False)
    found = job.answer("--diff", job.diff(grave(), OTHER), "--commit", OTHER)
    assert found["state"] == "no-pull-request"


def test_everything_can_be_given_where_there_is_no_ci_system(job: Job) -> None:
    job.set({"GITHUB_TOKEN": TOKEN, "GITLAB_TOKEN": TOKEN})
    variable = "GITHUB_API_URL" if job.fake.kind == "github" else "CI_API_V4_URL"
    job.monkeypatch.setenv(variable, job.fake.url)
    where = ["--forge", job.fake.kind, "--repository", BASE_REPOSITORY, "--pull-request", "7"]
    assert job.answer("--diff", job.diff(grave()), *where)["state"] == "created"
    code, said = job.run("--diff", job.diff(grave(), OTHER), *where)
    assert code == 2
    assert "the diff is of commit bbbbbbbbbbbb" in said


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "runs neither in GitHub Actions nor in GitLab CI"),
        (["--forge", "github"], "the repository is not known"),
        (["--forge", "github", "--repository", "a/b"], "the pull request is not known"),
        (["--forge", "gitlab", "--commit", "abc"], "'abc' is no full commit"),
        (["--forge", "github", "--repository", "../x", "--pull-request", "1"], "is no repository"),
        (["--forge", "gitlab", "--repository", "a/../b", "--pull-request", "1"], "is no project"),
        (["--outdated"], "give one of --diff FILE, --outdated and --base-moved"),
    ],
)
def test_what_is_not_known_is_asked_for(github: Job, arguments: list[str], problem: str) -> None:
    github.set({"GITHUB_TOKEN": TOKEN, "GITLAB_TOKEN": TOKEN})
    code, said = github.run("--diff", github.diff(grave()), *arguments)
    assert code == 2
    assert problem in said


def test_a_missing_token_is_told_with_how_to_get_one(job: Job) -> None:
    job.monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    job.monkeypatch.delenv("GITLAB_TOKEN", raising=False)
    code, said = job.run("--diff", job.diff(grave()))
    assert code == 2
    hint = "permissions" if job.fake.kind == "github" else "CI_JOB_TOKEN cannot write notes"
    assert hint in said or "github.token" in said


def test_a_token_that_may_only_read_is_told_what_is_missing(github: Job) -> None:
    github.fake.state.users["t0-read-only"] = User("reader", 5, permissions=frozenset())
    github.pull_request(GITHUB_TOKEN="t0-read-only")
    code, said = github.run("--diff", github.diff(grave()))
    assert code == 1
    assert "403 Resource not accessible by integration" in said
    assert "pull-requests: write" in said


def test_a_forge_that_is_not_there_is_told_without_a_traceback(
    github: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stackwright_cli.forge.http.TRIES", 1)
    monkeypatch.setenv("STACKWRIGHT_TRACEBACK", "1")
    with fake_forge("github") as gone:
        github.monkeypatch.setenv("GITHUB_API_URL", gone.url)
    code, said = github.run("--diff", github.diff(grave()))
    assert code == 1
    assert " cannot be reached" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_two_processes_at_once_leave_one_comment(job: Job) -> None:
    """Each is a process of its own, with all its waits."""
    path = job.diff(large(800))
    command = [sys.executable, "-m", "stackwright_cli", "comment", "--diff", path]
    started = [
        subprocess.Popen(
            command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=180)[0].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    assert not any(TOKEN in one for one in said)
    found = [signature[0].part for signature in map(read, job.fake.bodies()) if signature]
    assert found == list(range(1, len(found) + 1))
