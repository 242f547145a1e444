"""Projects whose wiring a change takes away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stackwright.diff.findings import Breakage, BrokenProject
from stackwright.diff.projects import broken_projects, registered
from stackwright.errors import InputError
from stackwright.plan.graph import Plan

CHURN = """\
# Written by `stackwright wire --register`; a change is overwritten.
schema: stackwright.project/v1
name: churn-model
template: tabular-service
repository: acme/churn-model
environments: [dev, prod]
needs:
  ExperimentTracker: [uri]
  ModelServer: [mode, namespace]
"""

TRACKER = {"uri": "http://tracking", "artifact_root": "s3://b/a"}
SERVER = {"namespace": "online", "service_account": "model", "mode": "InferenceService"}
WIRED = {"tracking": ("ExperimentTracker", TRACKER), "online": ("ModelServer", SERVER)}


def plan(tools: Mapping[str, tuple[str, Mapping[str, Any]]], environment: str = "prod") -> Plan:
    """Return a plan that has nothing but wiring."""
    wiring = {
        "tools": {name: dict(values) for name, (_, values) in tools.items()},
        "contracts": {name: contract for name, (contract, _) in tools.items()},
    }
    return Plan("acme-ml", environment, "aws", (), wiring=wiring)


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "churn-model.yaml").write_text(CHURN, encoding="utf-8")
    return tmp_path


def judged(
    platform: Path,
    head: Mapping[str, tuple[str, Mapping[str, Any]]],
    base: Mapping[str, tuple[str, Mapping[str, Any]]] = WIRED,
) -> tuple[tuple[BrokenProject, ...], tuple[str, ...]]:
    registrations = registered(platform, "projects/*.yaml")
    return broken_projects(registrations, {"prod": plan(base)}, {"prod": plan(head)})


def test_wiring_that_stays_breaks_nothing(platform: Path) -> None:
    assert judged(platform, WIRED) == ((), ())


def test_another_value_breaks_nothing(platform: Path) -> None:
    moved = ("ExperimentTracker", {**TRACKER, "uri": "${output:URN#uri}"})
    assert judged(platform, {**WIRED, "tracking": moved}) == ((), ())


def test_a_tool_that_is_gone_breaks_who_relies_on_it(platform: Path) -> None:
    (broken,), notes = judged(platform, {"online": WIRED["online"]})
    assert broken == BrokenProject(
        project="churn-model",
        file="projects/churn-model.yaml",
        line=8,
        repository="acme/churn-model",
        environment="prod",
        contract="ExperimentTracker",
        key="uri",
        breakage=Breakage.REMOVED,
        sentence="nothing gives ExperimentTracker any more; tracking did.",
    )
    assert notes == ()


def test_another_name_of_the_tool_breaks_who_relies_on_it(platform: Path) -> None:
    (broken,), _ = judged(platform, {"online": WIRED["online"], "experiments": WIRED["tracking"]})
    assert broken.breakage is Breakage.RENAMED
    assert broken.sentence == (
        "tracking gave ExperimentTracker.uri, now experiments does: wire the project again."
    )


def test_another_name_of_the_key_is_told(platform: Path) -> None:
    renamed = ("ExperimentTracker", {"url": TRACKER["uri"], "artifact_root": "s3://b/a"})
    (broken,), _ = judged(platform, {**WIRED, "tracking": renamed})
    assert broken.breakage is Breakage.RENAMED
    assert broken.sentence == "ExperimentTracker.uri of tracking is called url now."


def test_a_key_that_the_tool_no_longer_gives_is_removed(platform: Path) -> None:
    without = ("ExperimentTracker", {"artifact_root": "s3://b/a"})
    (broken,), _ = judged(platform, {**WIRED, "tracking": without})
    assert broken.breakage is Breakage.REMOVED
    assert broken.sentence == "tracking gives no ExperimentTracker.uri."


def test_two_tools_where_one_was_are_ambiguous(platform: Path) -> None:
    found, _ = judged(platform, {**WIRED, "simple": WIRED["online"]})
    assert {(one.key, one.breakage, one.line) for one in found} == {
        ("mode", Breakage.AMBIGUOUS, 9),
        ("namespace", Breakage.AMBIGUOUS, 9),
    }


def test_a_third_tool_beside_two_breaks_nobody_who_chose(platform: Path) -> None:
    two = {**WIRED, "simple": WIRED["online"]}
    assert judged(platform, {**two, "third": WIRED["online"]}, two) == ((), ())


def test_a_text_that_becomes_the_place_of_a_secret_changes_its_type(platform: Path) -> None:
    secret = ("ExperimentTracker", {**TRACKER, "uri": {"from": "kubernetes", "name": "x"}})
    (broken,), _ = judged(platform, {**WIRED, "tracking": secret})
    assert broken.breakage is Breakage.TYPE_CHANGED


def test_another_kind_of_object_that_serves_is_another_type(platform: Path) -> None:
    other = ("ModelServer", {**SERVER, "mode": "Deployment"})
    (broken,), _ = judged(platform, {**WIRED, "online": other})
    assert (broken.key, broken.breakage) == ("mode", Breakage.TYPE_CHANGED)
    assert broken.sentence == (
        "ModelServer.mode of online was InferenceService and is Deployment now."
    )


def test_an_environment_that_is_gone_breaks_who_is_wired_to_it(platform: Path) -> None:
    registrations = registered(platform, "projects/*.yaml")
    both = {"dev": plan(WIRED, "dev"), "prod": plan(WIRED)}
    (broken,), _ = broken_projects(registrations, both, {"prod": plan(WIRED)})
    assert (broken.environment, broken.breakage) == ("dev", Breakage.ENVIRONMENT_REMOVED)
    assert broken.line == 6


def test_a_key_that_was_missing_before_is_not_this_change_s_fault(platform: Path) -> None:
    without = {"online": WIRED["online"]}
    broken, notes = judged(platform, without, without)
    assert broken == ()
    assert notes == (
        "projects/churn-model.yaml:8: churn-model needs ExperimentTracker.uri in prod, which was"
        " already missing before this change.",
    )


def test_a_project_that_the_change_removes_no_longer_counts(platform: Path) -> None:
    (platform / "projects" / "churn-model.yaml").unlink()
    assert judged(platform, {}) == ((), ())


def test_a_file_that_registers_nothing_is_wrong_input_with_its_line(platform: Path) -> None:
    bad = platform / "projects" / "bad.yaml"
    bad.write_text(CHURN.replace("[uri]", "[uri, nothing]"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        registered(platform, "projects/*.yaml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(bad), 8)


def test_files_are_named_from_the_root_of_the_repository(platform: Path) -> None:
    (found,) = registered(platform, "projects/*.yaml", platform.parent)
    assert found.document.file == f"{platform.name}/projects/churn-model.yaml"
