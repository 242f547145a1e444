"""The workflows of the project template: equal to the model, and with no right too many."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scripts.continuous_integration.github import workflows
from scripts.continuous_integration.jobs import (
    CHECKS,
    DELIVER,
    PIPELINES,
    Job,
    Output,
    Propose,
    Right,
    Run,
)
from scripts.continuous_integration.yaml_text import Noted, Spaced, yaml_text

TEMPLATE = Path(__file__).parents[2] / "templates" / "tabular-service"
TEXTS = workflows(PIPELINES)
JOBS = [(pipeline, job) for pipeline in PIPELINES for job in pipeline.jobs]
NAMES = [f"{pipeline.key}-{job.key}" for pipeline, job in JOBS]


def parsed(key: str) -> dict[str, Any]:
    document: dict[Any, Any] = yaml.safe_load(TEXTS[f"{key}.yml"])
    return {"on" if key is True else key: value for key, value in document.items()}


def steps(key: str, job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed(key)["jobs"][job]["steps"]
    return found


def make_targets() -> set[str]:
    (makefile,) = TEMPLATE.glob("*/Makefile")
    return set(re.findall(r"^([a-z-]+):", makefile.read_text(encoding="utf-8"), re.M))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_template_has_the_workflow_that_the_model_writes(name: str) -> None:
    found = [file for file in TEMPLATE.glob("*/.github/workflows/*") if name in file.name]

    assert [file.read_text(encoding="utf-8") for file in found] == [TEXTS[name]]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_workflow_has_nothing_that_a_template_would_fill_in(name: str) -> None:
    assert not re.search(r"\{=|=\}|\{%|%\}|\{\*|\*\}|acme", TEXTS[name])


def test_a_strangers_pull_request_runs_without_any_right() -> None:
    document = parsed("checks")

    assert document["on"] == {"pull_request": None}
    assert document["permissions"] == {}
    assert all(job["permissions"] == {"contents": "read"} for job in document["jobs"].values())
    assert "github.token" not in TEXTS["checks.yml"]
    assert "secrets." not in "".join(TEXTS.values())


def test_rights_are_only_given_on_the_main_branch() -> None:
    jobs = parsed("deliver")["jobs"]
    writing = {key for key, job in jobs.items() if "write" in job["permissions"].values()}

    assert writing == {"image", "propose"}
    assert jobs["image"]["if"].startswith("github.ref == 'refs/heads/main' && ")
    assert jobs["propose"]["needs"] == ["image"]
    assert parsed("deliver")["on"]["push"]["branches"] == ["main"]


def test_the_job_with_the_clouds_role_obeys_the_rules_of_its_environment() -> None:
    for job in parsed("deliver")["jobs"].values():
        asks = job["permissions"].get("id-token") == "write"
        assert asks == ("environment" in job)


def test_the_job_that_pushes_a_branch_runs_no_code_of_others() -> None:
    (job,) = [job for job in DELIVER.jobs if Right.PROPOSE in job.rights]

    assert not job.installs
    assert Right.IDENTITY not in job.rights
    assert [step["uses"] for step in steps("deliver", job.key) if "uses" in step] == [
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
    ]


def test_what_is_delivered_does_not_start_a_delivery() -> None:
    (written,) = [it for job in DELIVER.jobs for it in job.steps if isinstance(it, Propose)]

    assert written.file.startswith("deploy/environments/")
    assert parsed("deliver")["on"]["push"]["paths-ignore"] == ["deploy/environments/**"]


@pytest.mark.parametrize(("pipeline", "job"), JOBS, ids=NAMES)
def test_values_reach_commands_only_through_variables(pipeline: Any, job: Job) -> None:
    for step in steps(pipeline.key, job.key):
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize(("pipeline", "job"), JOBS, ids=NAMES)
def test_a_job_ends_and_leaves_no_token_behind(pipeline: Any, job: Job) -> None:
    written = parsed(pipeline.key)["jobs"][job.key]

    assert written["timeout-minutes"] <= 30
    assert written["steps"][0]["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_actions_are_pinned_by_commit_and_name_their_version(text: str) -> None:
    uses = re.findall(r"uses: (.*)", text)

    assert uses
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", it) for it in uses)


@pytest.mark.parametrize(("pipeline", "job"), JOBS, ids=NAMES)
def test_a_step_that_calls_make_calls_a_task_that_there_is(pipeline: Any, job: Job) -> None:
    commands = [step.command for step in job.steps if isinstance(step, Run)]
    called = re.findall(r"\bmake(?: --silent)? ([a-z-]+)", "\n".join(commands))

    assert set(called) <= make_targets()


@pytest.mark.parametrize(("pipeline", "job"), JOBS, ids=NAMES)
def test_an_output_that_is_read_was_written_before(pipeline: Any, job: Job) -> None:
    waited = [it for it in pipeline.jobs if it.key in job.needs]
    given_by_jobs = {(it.key, name) for it in waited for name in it.outputs}
    seen: set[tuple[str, str]] = set()
    for step in job.steps:
        values = getattr(step, "variables", {}).values()
        read = {(it.source, it.name) for it in values if isinstance(it, Output)}
        assert read <= seen | given_by_jobs
        if isinstance(step, Run):
            seen |= {(step.key, name) for name in step.outputs}
    assert {(it.source, it.name) for it in job.outputs.values()} <= seen


def test_the_checks_of_a_change_run_again_before_it_is_delivered() -> None:
    checked = {job.key for job in CHECKS.jobs} - {"build"}
    (gate,) = [job for job in DELIVER.jobs if job.key == "wired"]

    assert set(gate.needs) == checked


SCALARS = st.one_of(
    st.booleans(),
    st.integers(0, 10**6),
    st.text(st.one_of(st.characters(codec="ascii", exclude_categories=["Cc"]), st.just("\n"))),
    st.sampled_from(["yes", "No", "on", "null", "~", "1.0", "0x1f", "1:30", "# a", "a: b", "- a"]),
)
KEYS = st.from_regex(r"key-[a-z]{0,8}", fullmatch=True)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(KEYS, inner, min_size=1, max_size=3)
        ),
        max_leaves=10,
    ),
    min_size=1,
)


@given(DOCUMENTS)
def test_what_is_written_is_read_back_as_it_was(document: dict[str, Any]) -> None:
    assert yaml.safe_load(yaml_text(document, "a comment")) == document


def test_comments_and_empty_lines_change_no_value() -> None:
    document = {"a": Noted("write", "why"), "b": Spaced({"c": Noted("x@y", "v1.0.0")})}

    text = yaml_text(document, "first")

    assert text == "# first\na: write  # why\n\nb:\n  c: x@y  # v1.0.0\n"
