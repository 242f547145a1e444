"""Training: the same each time, its threshold from the validation rows, nothing personal kept."""

from typing import Any

import numpy as np
import pytest

from {= cookiecutter.package_name =}.data.prepared import Prepared, load
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.model.bundle import Bundle
from {= cookiecutter.package_name =}.model.revision import UNKNOWN
from {= cookiecutter.package_name =}.model.training import fit_candidate, train
from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.registry.versions import Registry


def changed(prepared: Prepared, **tables: Any) -> Prepared:
    """Prepared data with other tables."""
    return Prepared(**(vars(prepared) | tables))


def with_settings(project: Project, **training: object) -> Project:
    """The project with other settings of the training."""
    settings = project.settings
    other = settings.training.model_copy(update=training)
    project.__dict__["settings"] = settings.model_copy(update={"training": other})
    return project


def scores(bundle: Bundle, project: Project, prepared: Prepared) -> np.ndarray:
    return bundle.predict(project.contract.encode(prepared.holdout))


@pytest.mark.parametrize("kind", ["logistic", "gradient-boosting"])
def test_the_same_data_and_seed_give_the_same_model(kind: str, prepared_project: Project) -> None:
    project, prepared = with_settings(prepared_project, model=kind), load(prepared_project)
    first, second = (fit_candidate(project, prepared, UNKNOWN).bundle for _ in range(2))
    assert (scores(first, project, prepared) == scores(second, project, prepared)).all()
    assert first.contract.reference == second.contract.reference
    assert first.contract.threshold == second.contract.threshold


def test_the_threshold_depends_on_the_validation_rows_only(prepared_project: Project) -> None:
    project, prepared = prepared_project, load(prepared_project)
    target = project.contract.target.column
    usual = fit_candidate(project, prepared, UNKNOWN).bundle
    flipped = prepared.holdout.assign(**{target: 1 - prepared.holdout[target]})
    other_holdout = changed(prepared, holdout=flipped)
    other_validation = changed(prepared, validation=prepared.validation.head(30))
    same = fit_candidate(project, other_holdout, UNKNOWN).bundle
    moved = fit_candidate(project, other_validation, UNKNOWN).bundle
    assert same.contract.threshold == usual.contract.threshold
    assert moved.contract.threshold != usual.contract.threshold
    # The parameters do not depend on the validation rows.
    assert (scores(moved, project, prepared) == scores(usual, project, prepared)).all()


def test_a_dearer_miss_lowers_the_threshold(prepared_project: Project) -> None:
    prepared = load(prepared_project)
    careful, strict = (
        fit_candidate(
            with_settings(prepared_project, false_negative_cost=cost), prepared, UNKNOWN
        ).bundle.contract.threshold
        for cost in (20.0, 0.05)
    )
    assert careful < strict


def test_recent_rows_change_the_model_and_the_threshold_rows(prepared_project: Project) -> None:
    project, prepared = prepared_project, load(prepared_project)
    extra = prepared.validation.drop(columns=["age", "sex"])
    candidate = fit_candidate(project, prepared, UNKNOWN, extra)
    assert candidate.rows == {
        "training": len(prepared.train) + 66,
        "validation": len(prepared.validation) + 22,
        "recent": 88,
    }


def test_rows_without_information_are_refused_all_at_once(prepared_project: Project) -> None:
    prepared = load(prepared_project)
    rows = prepared.train.assign(progression=1, bmi=np.nan, s1=np.nan)
    with pytest.raises(InputError) as refused:
        fit_candidate(prepared_project, changed(prepared, train=rows), UNKNOWN)
    assert [problem.split(": ")[1] for problem in refused.value.problems] == [
        "bmi",
        "s1",
        "progression",
    ]


def test_a_run_says_what_made_it_and_becomes_the_challenger(trained_project: Project) -> None:
    registry = Registry(trained_project)
    version = registry.require("challenger")
    assert version.number == 1
    run = registry._client.get_run(version.run_id)
    prepared = load(trained_project)
    assert run.info.status == "FINISHED"
    assert run.data.tags["data.version"] == prepared.version
    assert run.data.tags["commit"] == "unknown"
    assert run.data.tags["environment"] == "local"
    assert run.data.params["rows.training"] == str(len(prepared.train))
    assert run.data.metrics["validation.auc"] > run.data.metrics["baseline.auc"] > 0.5
    assert 0 < run.data.metrics["threshold"] < 1


def test_the_card_shows_slices_and_leaves_the_use_to_people(trained_project: Project) -> None:
    card = next(trained_project.root.glob("state/artifacts/*/artifacts/card.md"))
    text = card.read_text(encoding="utf-8")
    assert "| sex: 1 | " in text
    assert "| age: 40 to 60 | " in text
    assert "To be written by the people" in text
    assert f"{load(trained_project).version}" in text


def test_nothing_personal_is_kept_beside_the_model(prepared_project: Project) -> None:
    project = prepared_project
    file = project.contract_file
    text = file.read_text(encoding="utf-8")
    # Body mass index becomes personal, as it might be: then the model uses it and nobody keeps it.
    file.write_text(
        text.replace("bmi: {type: number,", "bmi: {type: number, personal: true,"),
        encoding="utf-8",
    )
    version = train(project)
    contract = Registry(project).contract(version)
    assert [feature.name for feature in contract.features if feature.personal] == ["bmi"]
    assert "bmi" not in contract.reference
    assert "s1" in contract.reference
    kept = b"".join(
        path.read_bytes()
        for path in project.root.glob("state/artifacts/**/*")
        if path.suffix in {".md", ".json"}
    )
    ages = project.storage("data").read("train.csv").decode().splitlines()[1].split(",")
    assert ages[2].encode() not in kept
