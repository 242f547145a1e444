"""`stackwright ci`: what is written, and what is promised of it without a judge."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from stackwright_cli import main
from stackwright_cli.pipelines.actions import ACTIONS

ROOT = Path(__file__).parents[3]
ROLE = "arn:aws:iam::123456789012:role/preview"

BLUEPRINT = """\
apiVersion: stackwright/v1
requires: ">=0.1,<0.2"
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
network: {kind: vpc, zones: [eu-west-1a, eu-west-1b]}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: [arn:aws:iam::210987654321:role/admin]
storage: {kind: s3}
environments: {dev: {}, prod: {}}
"""

DIFF = ".github/workflows/stackwright-diff.yml"
COMMENT = ".github/workflows/stackwright-comment.yml"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a platform's repository, and work in it."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    platform(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def platform(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    (folder / "requirements.txt").write_text("stackwright[aws]==0.1.0\n", encoding="utf-8")


def written(repository: Path, name: str) -> dict[str, Any]:
    """Return a pipeline. Every scalar is text: `on` is no truth value for GitHub."""
    text = (repository / name).read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return found


def test_two_workflows_are_written_and_named(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ci", "github"]) == 0
    said = capsys.readouterr()
    assert said.out == f"Wrote {DIFF}.\nWrote {COMMENT}.\n"
    assert "once the second one is on the default branch" in said.err
    assert written(repository, COMMENT)["on"]["workflow_run"]["workflows"] == [
        written(repository, DIFF)["name"]
    ]


def test_the_code_of_a_pull_request_runs_without_a_secret_and_may_write_nothing(
    repository: Path,
) -> None:
    main(["ci", "github"])
    workflow = written(repository, DIFF)
    assert set(workflow["on"]) == {"pull_request", "merge_group"}
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        "diff": {"contents": "read"}
    }
    text = (repository / DIFF).read_text(encoding="utf-8")
    assert "secrets." not in text
    assert "github.token" not in text
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")


def test_what_comments_checks_out_the_default_branch_alone(repository: Path) -> None:
    main(["ci", "github"])
    workflow = written(repository, COMMENT)
    job = workflow["jobs"]["comment"]
    assert job["permissions"] == {
        "actions": "read",
        "checks": "write",
        "contents": "read",
        "issues": "write",
        "pull-requests": "write",
    }
    (checkout,) = [
        step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert checkout["with"].keys() == {
        "persist-credentials",
        "sparse-checkout",
        "sparse-checkout-cone-mode",
    }
    assert "'pull_request'" in job["if"]


def test_a_failed_comment_marks_the_older_one_and_keeps_no_page(repository: Path) -> None:
    main(["ci", "github"])
    steps = {one["name"]: one for one in written(repository, COMMENT)["jobs"]["comment"]["steps"]}
    assert steps["Comment"]["id"] == "comment"
    assert steps["Keep the page"]["if"] == "steps.comment.outcome == 'success'"
    assert steps["Mark the comment as outdated"]["if"] == (
        "always() && (steps.diff.outcome != 'success' || steps.comment.outcome == 'failure')"
    )


def test_the_page_is_made_by_the_job_that_runs_no_code_of_the_pull_request(
    repository: Path,
) -> None:
    main(["ci", "github"])
    assert "html" not in (repository / DIFF).read_text(encoding="utf-8")
    steps = {one["name"]: one for one in written(repository, COMMENT)["jobs"]["comment"]["steps"]}
    assert '--html "$RUNNER_TEMP/stackwright/page.html"' in steps["Comment"]["run"]
    assert steps["Keep the page"]["with"]["path"].endswith("/stackwright/page.html")


def test_a_push_to_the_default_branch_that_changes_the_platform_marks_comments(
    repository: Path,
) -> None:
    folder = "platforms/research"
    platform(repository / folder)
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "checkout", "-q", "-b", "master"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "one"], check=True)
    main(["ci", "github"])
    main(["ci", "github", "-f", f"{folder}/blueprint.yaml"])
    of_top = written(repository, COMMENT)
    of_folder = written(repository, COMMENT.replace(".yml", "-platforms-research.yml"))
    assert of_top["on"]["push"] == {
        "branches": ["master"],
        "paths": ["blueprint.yaml", "requirements.txt", "stacks/**", "projects/**"],
    }
    assert of_folder["on"]["push"]["paths"] == [f"{folder}/**"]
    job = of_top["jobs"]["base-moved"]
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert "github.event_name == 'push'" in job["if"]
    assert "workflow_run" not in str(job)


def test_a_merge_queue_gets_the_check_that_it_waits_for(repository: Path) -> None:
    main(["ci", "github", "--preview", f"prod={ROLE}"])
    workflow = written(repository, DIFF)
    assert workflow["on"]["merge_group"] == {"types": ["checks_requested"]}
    (compare,) = [one for one in workflow["jobs"]["diff"]["steps"] if one["name"] == "Compare"]
    assert "github.event.merge_group.base_sha" in compare["env"]["BASE"]
    assert "github.event.merge_group.head_sha" in compare["env"]["HEAD"]
    assert "merge_group.head_sha" in workflow["concurrency"]["group"]


def test_no_job_of_the_comment_waits_in_a_group_that_a_fork_could_share(repository: Path) -> None:
    main(["ci", "github"])
    group = written(repository, COMMENT)["concurrency"]["group"]
    assert group == "stackwright-comment-${{ github.run_id }}"


@pytest.mark.parametrize("name", [DIFF, COMMENT])
def test_no_word_of_an_event_reaches_a_shell(repository: Path, name: str) -> None:
    main(["ci", "github", "--preview", f"prod={ROLE}"])
    for job in written(repository, name)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("name", [DIFF, COMMENT])
def test_every_job_ends_in_time_and_gives_way_to_a_newer_one(repository: Path, name: str) -> None:
    main(["ci", "github", "--preview", f"prod={ROLE}"])
    workflow = written(repository, name)
    assert workflow["concurrency"]["group"].startswith("stackwright-")
    assert all(0 < int(job["timeout-minutes"]) <= 30 for job in workflow["jobs"].values())


def test_a_diff_that_says_no_fails_its_job_after_it_was_handed_over(repository: Path) -> None:
    main(["ci", "github"])
    steps = written(repository, DIFF)["jobs"]["diff"]["steps"]
    names = [step["name"] for step in steps]
    assert names.index("Hand the diff over") < names.index("Say no where the diff does")
    assert "exit 3" in steps[-1]["run"]


def test_the_engine_is_asked_only_for_branches_of_the_repository(repository: Path) -> None:
    assert main(["ci", "github", "--preview", f"prod={ROLE}"]) == 0
    jobs = written(repository, DIFF)["jobs"]
    assert jobs["diff"]["permissions"] == {"contents": "read"}
    assert jobs["preview-prod"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert jobs["preview-prod"]["if"].startswith(
        "github.event.pull_request.head.repo.full_name == github.repository"
    )
    assert "user.login != 'dependabot[bot]'" in jobs["preview-prod"]["if"]
    (role,) = [step for step in jobs["preview-prod"]["steps"] if "aws-region" in str(step)]
    assert role["with"] == {"role-to-assume": ROLE, "aws-region": "eu-west-1"}
    steps = written(repository, COMMENT)["jobs"]["comment"]["steps"]
    (fetched,) = [step for step in steps if "previews" in step["name"]]
    assert fetched["if"] == (
        "github.event.workflow_run.head_repository.full_name == github.repository"
    )


def test_every_action_is_pinned_by_the_commit_that_projects_use_too() -> None:
    projects = "".join(
        file.read_text(encoding="utf-8")
        for file in (ROOT / "templates").rglob("*")
        if file.is_file() and ".github/workflows" in file.as_posix()
    )
    for repository, commit, version in ACTIONS.values():
        assert re.fullmatch(r"[0-9a-f]{40}", commit)
        assert re.fullmatch(r"v\d+\.\d+\.\d+", version)
        for line in re.findall(rf"uses: {re.escape(repository)}@(.*)", projects):
            assert line == f"{commit}  # {version}"


def test_a_blueprint_in_a_folder_has_a_pipeline_of_its_own(repository: Path) -> None:
    platform(repository / "platforms" / "research")
    assert main(["ci", "github"]) == 0
    assert main(["ci", "github", "-f", "platforms/research/blueprint.yaml"]) == 0
    diff = written(repository, ".github/workflows/stackwright-diff-platforms-research.yml")
    comment = written(repository, ".github/workflows/stackwright-comment-platforms-research.yml")
    assert diff["name"] == "Stackwright diff platforms-research"
    assert comment["on"]["workflow_run"]["workflows"] == [diff["name"]]
    runs = "\n".join(step.get("run", "") for step in diff["jobs"]["diff"]["steps"])
    assert "--file platforms/research/blueprint.yaml" in runs
    assert "--requirement platforms/research/requirements.txt" in runs


def test_nothing_is_overwritten(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = repository / COMMENT
    file.parent.mkdir(parents=True)
    file.write_text("mine\n", encoding="utf-8")
    assert main(["ci", "github"]) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "mine\n"
    assert not (repository / DIFF).exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["github", "-f", "nothing.yaml"], "there is no such file"),
        (["gitlab", "-f", "nothing.yaml"], "there is no such file"),
        (["github", "--preview", "prod"], "ENVIRONMENT=ROLE is expected"),
        (["github", "--preview", "prod=admin"], "is no ARN of a role"),
        (["github", "--preview", f"nowhere={ROLE}"], "no environment is called"),
        (["github", "--preview", f"prod={ROLE} ${{{{ x }}}}"], "is no ARN of a role"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(
    repository: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["ci", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (repository / ".github").exists()
    assert not (repository / ".gitlab").exists()


def test_what_a_pipeline_cannot_install_or_say_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "requirements.txt").unlink()
    assert main(["ci", "github"]) == 2
    assert "requirements.txt: it is missing" in capsys.readouterr().err
    platform(repository / "a $(b)")
    assert main(["ci", "github", "-f", "a $(b)/blueprint.yaml"]) == 2
    assert "letters, digits" in capsys.readouterr().err


def test_outside_a_repository_there_is_no_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    platform(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert main(["ci", "gitlab", "-f", str(tmp_path / "blueprint.yaml")]) == 2
    assert "repository" in capsys.readouterr().err


def test_jobs_of_gitlab_are_included_and_what_is_left_to_do_is_said(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ci", "gitlab"]) == 0
    said = capsys.readouterr().out
    assert "GITLAB_TOKEN" in said
    assert "STACKWRIGHT_COMMENT=true" in said
    assert written(repository, ".gitlab-ci.yml") == {
        "include": [{"local": ".gitlab/stackwright.yml"}]
    }
    jobs = written(repository, ".gitlab/stackwright.yml")
    assert set(jobs) == {"stackwright-diff", "stackwright-comment"}


def test_a_pipeline_of_gitlab_that_is_there_stays_as_it_is(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = repository / ".gitlab-ci.yml"
    file.write_text("stages: [test]\n", encoding="utf-8")
    assert main(["ci", "gitlab"]) == 0
    assert file.read_text(encoding="utf-8") == "stages: [test]\n"
    assert "Add to .gitlab-ci.yml:" in capsys.readouterr().out


def test_the_job_with_the_token_starts_on_a_protected_branch_alone(repository: Path) -> None:
    main(["ci", "gitlab"])
    jobs = written(repository, ".gitlab/stackwright.yml")
    (start,) = jobs["stackwright-comment"]["rules"]
    assert '$CI_COMMIT_REF_PROTECTED == "true"' in start["if"]
    assert '$CI_PIPELINE_SOURCE == "schedule"' in start["if"]
    (compare,) = jobs["stackwright-diff"]["rules"]
    assert compare["if"] == '$CI_PIPELINE_SOURCE == "merge_request_event"'
    text = (repository / ".gitlab/stackwright.yml").read_text(encoding="utf-8")
    assert "GITLAB_TOKEN" not in text
    assert "artifacts" in jobs["stackwright-diff"]
    assert jobs["stackwright-diff"]["artifacts"]["when"] == "always"
