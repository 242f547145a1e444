"""The gate: what it writes, and what it blocks."""

import json

import numpy as np
import pytest
import skops.io

from {= cookiecutter.package_name =}.data.preparation import prepare_source
from {= cookiecutter.package_name =}.data.prepared import load
from {= cookiecutter.package_name =}.errors import ModelRefused
from {= cookiecutter.package_name =}.gate.evaluation import evaluate
from {= cookiecutter.package_name =}.model.training import train
from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.registry.versions import Registry


def demand(project: Project, **gate: object) -> None:
    """Change the demands of the gate."""
    settings = project.settings
    changed = settings.gate.model_copy(update=gate)
    project.__dict__["settings"] = settings.model_copy(update={"gate": changed})


def test_a_sound_candidate_passes_and_is_tagged(trained_project: Project) -> None:
    registry = Registry(trained_project)
    result = evaluate(trained_project, registry.require("challenger"))
    tags = registry.require("challenger").tags
    assert result.passed
    assert not result.failing
    assert tags["gate"] == "passed"
    assert tags["gate.data_version"] == load(trained_project).version
    assert tags["gate.champion"] == "none"
    assert tags["gate.time"] == result.time


def test_the_report_is_kept_with_all_checks(trained_project: Project) -> None:
    version = Registry(trained_project).require("challenger")
    result = evaluate(trained_project, version)
    report = json.loads(trained_project.storage("reports").read("gate-1.json"))
    assert report["schema"] == "gate-report/v1"
    assert report["passed"] is True
    assert len(report["checks"]) == len(result.checks)
    assert report["holdout"]["rows"] == 88
    assert set(report["slices"]) == {
        "age: below 40",
        "age: 40 to 60",
        "age: 60 and above",
        "sex: 1",
        "sex: 2",
    }


def test_the_report_holds_no_figures_of_a_few_people(trained_project: Project) -> None:
    project = trained_project
    age = project.contract.columns["age"]
    column = age.model_copy(update={"bands": (31.0,)})
    column._name = "age"
    project.__dict__["contract"] = project.contract.model_copy(
        update={"columns": project.contract.columns | {"age": column}}
    )
    result = evaluate(project, Registry(project).require("1"))
    assert 0 < result.slices["age: below 31"].rows < 10
    report = json.loads(project.storage("reports").read("gate-1.json"))
    assert "age: 31 and above" in report["slices"]
    assert "age: below 31" not in report["slices"]


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"minimum_auc": 0.99}, "minimum_auc"),
        ({"minimum_gain_over_baseline": 0.5}, "gain_over_baseline"),
        ({"maximum_slice_gap": 0.0}, "slice_gap (sex: 1)"),
    ],
)
def test_one_unmet_demand_blocks(
    settings: dict[str, float], name: str, trained_project: Project
) -> None:
    demand(trained_project, **settings)
    registry = Registry(trained_project)
    result = evaluate(trained_project, registry.require("1"))
    assert [check.name for check in result.failing] == [name]
    assert registry.require("1").tags["gate"] == "failed"


def test_a_candidate_that_was_trained_with_another_holdout_is_blocked(
    trained_project: Project,
) -> None:
    project = trained_project
    settings = project.settings
    other = settings.training.model_copy(update={"seed": 43})
    project.__dict__["settings"] = settings.model_copy(update={"training": other})
    prepare_source(project, new_holdout=True)
    result = evaluate(project, Registry(project).require("1"))
    assert [check.name for check in result.failing] == ["other_holdout"]
    assert "train again" in result.failing[0].detail
    assert evaluate(project, train(project)).failing == []


def test_a_candidate_is_judged_when_other_rows_came_and_the_holdout_stayed(
    trained_project: Project,
) -> None:
    project = trained_project
    settings = project.settings
    other = settings.training.model_copy(update={"seed": 43})
    project.__dict__["settings"] = settings.model_copy(update={"training": other})
    before = load(project).version
    prepare_source(project)
    assert load(project).version != before
    assert evaluate(project, Registry(project).require("1")).failing == []


def test_a_candidate_that_learnt_nonsense_fails_against_the_champion(
    promoted_project: Project,
) -> None:
    project, prepared = promoted_project, load(promoted_project)
    target = project.contract.target.column
    # Ten times the training rows with turned labels: the model learns the opposite.
    wrong = prepared.train.assign(**{target: 1 - prepared.train[target]})
    import pandas as pd

    version = train(project, extra=pd.concat([wrong] * 10, ignore_index=True))
    names = {check.name for check in evaluate(project, version).failing}
    assert {"minimum_auc", "gain_over_baseline", "drop_from_champion"} <= names


def test_recent_rows_on_which_a_candidate_is_worse_block_it(promoted_project: Project) -> None:
    project = promoted_project
    target = project.contract.target.column
    wrong = load(project).train.head(40)
    version = train(project, extra=wrong.assign(**{target: 1 - wrong[target]}))
    registry = Registry(project)
    champion = registry.load(registry.require("champion"))
    candidate = registry.load(version)
    rows = load(project).validation
    matrix = project.contract.encode(rows)
    # Labels by which the champion is right, and the candidate is wrong where they differ.
    gap = champion.predict(matrix) - candidate.predict(matrix)
    labels = (gap > np.median(gap)).astype(np.int64)
    recent = rows.assign(**{target: labels})
    demand(project, maximum_drop_from_champion=0.0)
    names = [check.name for check in evaluate(project, version, recent).failing]
    assert "recent_window" in names


def test_a_champion_that_cannot_be_loaded_does_not_keep_a_candidate_out(
    promoted_project: Project,
) -> None:
    project = promoted_project
    model = next(project.root.glob("state/artifacts/*/artifacts/model/model.skops"))
    model.write_bytes(skops.io.dumps([]))
    result = evaluate(project, train(project))
    assert result.passed
    details = {check.name: check.detail for check in result.checks}
    assert "the champion is refused" in details["drop_from_champion"]


def test_a_candidate_with_a_swapped_file_is_refused_and_not_passed(
    trained_project: Project,
) -> None:
    model = next(trained_project.root.glob("state/artifacts/*/artifacts/model/model.skops"))
    model.write_bytes(skops.io.dumps([]))
    registry = Registry(trained_project)
    with pytest.raises(ModelRefused):
        evaluate(trained_project, registry.require("1"))
    assert "gate" not in registry.require("1").tags
