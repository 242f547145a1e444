"""GitHub Actions: one workflow for each pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.continuous_integration.jobs import (
    Fact,
    Job,
    Output,
    Pipeline,
    Propose,
    Right,
    Run,
    SignIn,
    Step,
    Value,
    When,
)
from scripts.continuous_integration.yaml_text import Noted, Spaced, yaml_text

RUNNER = "ubuntu-24.04"

CHECKOUT = Noted("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1")
SETUP_PYTHON = Noted("actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0")
AWS_SIGN_IN = Noted(
    "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c", "v6.2.3"
)
"""Actions by the commit that the tag named when it was read; a tag can be moved."""

FIRST_ENVIRONMENT = "dev"
"""Environment that every merged change is delivered to; a person chooses another."""

_ENVIRONMENT = f"${{{{ inputs.environment || '{FIRST_ENVIRONMENT}' }}}}"

_FACTS: Mapping[Fact, str] = {
    Fact.ENVIRONMENT: _ENVIRONMENT,
    Fact.COMMIT: "${{ github.sha }}",
    Fact.RUN: "${{ github.run_id }}-${{ github.run_attempt }}",
    Fact.BRANCH: "${{ github.ref_name }}",
}

_RIGHTS: Mapping[Right, Mapping[str, Any]] = {
    Right.IDENTITY: {"id-token": Noted("write", "the role of the cloud is taken with it")},
    Right.PROPOSE: {
        "contents": Noted("write", "the branch of the pull request is pushed"),
        "pull-requests": Noted("write", "the pull request is opened"),
    },
}

_PROPOSE = """\
git config user.name github-actions[bot]
git config user.email 41898282+github-actions[bot]@users.noreply.github.com
git switch --create "{branch}"
git add -- "{file}"
if git diff --cached --quiet; then
  echo 'The environment has this image already.'
  exit 0
fi
git commit --message "{title}"
gh auth setup-git
git push --force origin "HEAD:refs/heads/{branch}"
if ! gh pr view "{branch}" >/dev/null 2>&1; then
  gh pr create --base "$BASE" --head "{branch}" --title "{title}" \\
    --body "{body}"
fi
"""


def workflows(pipelines: tuple[Pipeline, ...]) -> dict[str, str]:
    """Return the text of each workflow by the name of its file in .github/workflows."""
    note = "Written from a model of the jobs that every forge shares; edit it as you like."
    return {f"{it.key}.yml": yaml_text(_workflow(it), note) for it in pipelines}


def _workflow(pipeline: Pipeline) -> dict[str, Any]:
    first, *others = pipeline.jobs
    jobs = {first.key: _job(first)} | {job.key: Spaced(_job(job)) for job in others}
    return {
        "name": pipeline.title,
        "on": _events(pipeline),
        "permissions": Spaced({}),
        "concurrency": Spaced(_concurrency(pipeline)),
        "jobs": Spaced(jobs),
    }


def _events(pipeline: Pipeline) -> dict[str, Any]:
    chosen = {
        "description": "Environment to deliver to",
        "type": "string",
        "required": True,
        "default": FIRST_ENVIRONMENT,
    }
    pushed = {"branches": ["main"], "paths-ignore": list(pipeline.ignores)}
    events: Mapping[When, tuple[str, Any]] = {
        When.PULL_REQUEST: ("pull_request", None),
        When.MAIN: ("push", pushed),
        When.MANUAL: ("workflow_dispatch", {"inputs": {"environment": chosen}}),
    }
    return dict(events[when] for when in pipeline.when)


def _concurrency(pipeline: Pipeline) -> dict[str, Any]:
    if When.PULL_REQUEST in pipeline.when:
        return {"group": f"{pipeline.key}-${{{{ github.ref }}}}", "cancel-in-progress": True}
    return {"group": f"{pipeline.key}-{_ENVIRONMENT}", "cancel-in-progress": False}


def _job(job: Job) -> dict[str, Any]:
    written: dict[str, Any] = {"name": job.title}
    if job.needs:
        written["needs"] = list(job.needs)
    if job.only_if:
        condition = f"needs.{job.only_if.source}.outputs.{job.only_if.name} == 'true'"
        written["if"] = f"github.ref == 'refs/heads/main' && {condition}"
    written |= {"runs-on": RUNNER, "timeout-minutes": job.minutes}
    if job.deploys:
        written["environment"] = _ENVIRONMENT
    rights: dict[str, Any] = {"contents": Noted("read", "the code is checked out")}
    for right in sorted(job.rights, key=lambda it: it.value):
        rights |= _RIGHTS[right]
    written["permissions"] = rights
    if job.outputs:
        written["outputs"] = {name: _step_output(it) for name, it in job.outputs.items()}
    steps = [_checkout(), *(_installation() if job.installs else ())]
    keys = {step.key for step in job.steps if isinstance(step, Run)}
    steps += [_step(step, keys) for step in job.steps]
    return written | {"steps": steps}


def _checkout() -> dict[str, Any]:
    return {"name": "Check out", "uses": CHECKOUT, "with": {"persist-credentials": False}}


def _installation() -> tuple[dict[str, Any], ...]:
    python = {"python-version-file": ".python-version"}
    return (
        {"name": "Set up Python", "uses": SETUP_PYTHON, "with": python},
        {"name": "Install the locked packages", "run": "make install"},
    )


def _step(step: Step, keys: set[str]) -> dict[str, Any]:
    match step:
        case Run():
            return _run(step, keys)
        case SignIn():
            role, region = _value(step.role, keys), _value(step.region, keys)
            options = {"role-to-assume": role, "aws-region": region}
            return {"name": step.name, "uses": AWS_SIGN_IN, "with": options}
        case Propose():
            return _propose(step)


def _run(step: Run, keys: set[str]) -> dict[str, Any]:
    written: dict[str, Any] = {"name": step.name}
    if step.key:
        written["id"] = step.key
    if step.variables:
        written["env"] = {name: _value(it, keys) for name, it in step.variables.items()}
    command = step.command
    if step.outputs:
        command = f'{command} >> "$GITHUB_OUTPUT"'
    return written | {"run": f"{command}\n" if "\n" in command or '"' in command else command}


def _propose(step: Propose) -> dict[str, Any]:
    values = {
        "GH_TOKEN": "${{ github.token }}",
        "ENVIRONMENT": _FACTS[Fact.ENVIRONMENT],
        "COMMIT": _FACTS[Fact.COMMIT],
        "BASE": _FACTS[Fact.BRANCH],
    }
    command = _PROPOSE.format(branch=step.branch, file=step.file, title=step.title, body=step.body)
    return {"name": step.name, "env": values, "run": command}


def _value(value: Value, keys: set[str]) -> str:
    match value:
        case Output():
            return _step_output(value) if value.source in keys else _job_output(value)
        case Fact():
            return _FACTS[value]
        case _:
            return value


def _step_output(output: Output) -> str:
    return f"${{{{ steps.{output.source}.outputs.{output.name} }}}}"


def _job_output(output: Output) -> str:
    return f"${{{{ needs.{output.source}.outputs.{output.name} }}}}"
