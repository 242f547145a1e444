"""Where a run comments: from the CI system and the command line, and from nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stackwright.errors import InputError
from stackwright_cli.forge.occasion import Occasion, occasion
from stackwright_cli.forge.protocol import Source

HEAD, MERGED = "a" * 40, "c" * 40


def workflow(folder: Path, name: str, payload: Any) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": "https://ghe.acme.com/api/v3",
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": "acme/platform",
        "GITHUB_RUN_ATTEMPT": "2",
        "GITHUB_RUN_ID": "5000",
        "GITHUB_SHA": MERGED,
    }


def after(head: str = HEAD, listed: Any = (), event: str = "pull_request") -> dict[str, Any]:
    return {
        "workflow_run": {
            "id": 4000,
            "run_attempt": 3,
            "event": event,
            "head_sha": head,
            "head_branch": "feature",
            "head_repository": {"id": 2, "full_name": "mallory/platform"},
            "pull_requests": list(listed),
        },
        "repository": {"id": 1},
    }


def test_a_workflow_on_a_pull_request_says_everything(tmp_path: Path) -> None:
    payload = {"pull_request": {"number": 7, "head": {"sha": HEAD}}}
    assert occasion(workflow(tmp_path, "pull_request", payload)) == Occasion(
        forge="github",
        api="https://ghe.acme.com/api/v3",
        repository="acme/platform",
        pull_request=7,
        commit=HEAD,
        stand_ins=(MERGED,),
        stamp=5_000_002,
    )


def test_a_workflow_after_another_is_about_the_run_before(tmp_path: Path) -> None:
    found = occasion(workflow(tmp_path, "workflow_run", after()))
    assert (found.pull_request, found.commit, found.stand_ins) == (0, HEAD, ())
    assert found.source == Source("mallory/platform", "feature")
    assert found.stamp == 4_000_003


def test_of_several_pull_requests_that_are_listed_none_is_guessed(tmp_path: Path) -> None:
    base, head = {"repo": {"id": 1}}, {"sha": HEAD, "repo": {"id": 2}}
    listed = [{"number": number, "head": head, "base": base} for number in (7, 8)]
    assert occasion(workflow(tmp_path, "workflow_run", after(listed=listed))).pull_request == 0
    found = occasion(workflow(tmp_path, "workflow_run", after(listed=listed[:1])))
    assert found.pull_request == 7


def test_a_pull_request_with_the_same_commit_from_elsewhere_is_not_taken(tmp_path: Path) -> None:
    """Whoever pushes a commit of ours to a fork shares the commit, not the pull request."""
    base = {"repo": {"id": 1}}
    payload = after(listed=[{"number": 7, "head": {"sha": HEAD, "repo": {"id": 1}}, "base": base}])
    assert occasion(workflow(tmp_path, "workflow_run", payload)).pull_request == 0
    payload["workflow_run"]["head_repository"]["id"] = 1
    assert occasion(workflow(tmp_path, "workflow_run", payload)).pull_request == 7


@pytest.mark.parametrize("head", ["main", "A" * 40, "a" * 39, "", "a" * 40 + "\n", None, 7])
def test_a_head_that_is_no_commit_is_not_taken(tmp_path: Path, head: Any) -> None:
    with pytest.raises(InputError, match="the pull request is not known"):
        occasion(workflow(tmp_path, "workflow_run", after(head)))


@pytest.mark.parametrize("payload", [[], "text", {"pull_request": 7}, {"workflow_run": None}])
def test_an_event_of_another_shape_is_told_of(tmp_path: Path, payload: Any) -> None:
    with pytest.raises(InputError):
        occasion(workflow(tmp_path, "pull_request", payload))


def test_an_event_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    environment = workflow(tmp_path, "pull_request", {})
    (tmp_path / "event.json").unlink()
    with pytest.raises(InputError, match="names no event"):
        occasion(environment)


def test_what_is_given_wins_over_the_event(tmp_path: Path) -> None:
    payload = {"pull_request": {"number": 7, "head": {"sha": HEAD}}}
    environment = workflow(tmp_path, "pull_request", payload)
    other = occasion(environment, pull_request=8)
    assert (other.pull_request, other.commit, other.stand_ins) == (8, "", ())
    commit = occasion(environment, commit=MERGED)
    assert (commit.pull_request, commit.commit, commit.stand_ins) == (0, MERGED, ())
    same = occasion(environment, repository="ACME/platform", pull_request=7, commit=HEAD)
    assert (same.pull_request, same.commit, same.stand_ins) == (7, HEAD, (MERGED,))
    elsewhere = occasion(environment, repository="acme/other", pull_request=3)
    assert (elsewhere.repository, elsewhere.pull_request, elsewhere.stamp) == ("acme/other", 3, 0)


def test_a_pipeline_on_a_merge_request_says_everything() -> None:
    environment = {
        "CI_API_V4_URL": "https://gitlab.acme.com/api/v4",
        "CI_COMMIT_SHA": HEAD,
        "CI_JOB_ID": "77",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_PROJECT_ID": "4711",
        "CI_SERVER_TLS_CA_FILE": "/ca.pem",
        "GITLAB_CI": "true",
    }
    assert occasion(environment) == Occasion(
        forge="gitlab",
        api="https://gitlab.acme.com/api/v4",
        repository="42",
        pull_request=7,
        commit=HEAD,
        stamp=77,
        authority="/ca.pem",
    )
    merged = {**environment, "CI_COMMIT_SHA": MERGED, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD}
    found = occasion(merged)
    assert (found.commit, found.stand_ins) == (HEAD, (MERGED,))


def test_a_pipeline_on_a_branch_needs_a_merge_request() -> None:
    environment = {"GITLAB_CI": "true", "CI_PROJECT_ID": "42", "CI_COMMIT_SHA": HEAD}
    with pytest.raises(InputError, match="the pull request is not known"):
        occasion(environment)
    assert occasion(environment, pull_request=3).pull_request == 3
