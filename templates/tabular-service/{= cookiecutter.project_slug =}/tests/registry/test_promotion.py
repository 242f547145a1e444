"""Promotion and rollback: the gate first, a person in production, and a way back."""

import pytest
import skops.io

from {= cookiecutter.package_name =}.data.preparation import prepare_source
from {= cookiecutter.package_name =}.errors import AnswerNo, InputError, ModelRefused
from {= cookiecutter.package_name =}.gate.evaluation import evaluate
from {= cookiecutter.package_name =}.model.training import train
from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.registry.promotion import (
    Change,
    promote,
    rollback,
)
from {= cookiecutter.package_name =}.registry.versions import Registry


def passed(project: Project) -> Project:
    """The project after its challenger passed the gate."""
    assert evaluate(project, Registry(project).require("challenger")).passed
    return project


def production(project: Project) -> Project:
    """The same project in an environment that is production."""
    environment = project.environment.model_copy(update={"production": True})
    return Project(project.root, environment)


def with_second_champion(project: Project) -> Project:
    """A project whose version 2 replaced version 1."""
    train(project)
    promote(passed(project))
    return project


def swap_file(project: Project, number: int) -> None:
    run = Registry(project).require(str(number)).run_id
    file = project.root / "state" / "artifacts" / run / "artifacts" / "model" / "model.skops"
    file.write_bytes(skops.io.dumps([]))


def test_a_version_that_was_not_evaluated_is_not_promoted(trained_project: Project) -> None:
    with pytest.raises(AnswerNo, match="was not evaluated; run `evaluate`"):
        promote(trained_project)
    assert Registry(trained_project).champion_number() is None


def test_a_version_that_failed_the_gate_is_not_promoted(trained_project: Project) -> None:
    Registry(trained_project).tag(1, "gate", "failed")
    with pytest.raises(AnswerNo, match="failed the gate"):
        promote(trained_project)


def test_a_version_that_passed_becomes_the_champion(trained_project: Project) -> None:
    assert promote(passed(trained_project)) == Change(champion=1, before=None)
    version = Registry(trained_project).require("champion")
    assert version.number == 1
    assert version.tags["promoted.time"].endswith("Z")


def test_the_champion_is_promoted_again_without_harm(promoted_project: Project) -> None:
    assert promote(promoted_project) == Change(champion=1, before=1)
    assert Registry(promoted_project).version("previous") is None


def test_other_data_since_the_gate_ask_for_another_evaluation(trained_project: Project) -> None:
    passed(trained_project)
    settings = trained_project.settings
    training = settings.training.model_copy(update={"seed": 7})
    trained_project.__dict__["settings"] = settings.model_copy(update={"training": training})
    prepare_source(trained_project, new_holdout=True)
    with pytest.raises(AnswerNo, match="the data changed; run `evaluate`"):
        promote(trained_project)


def test_other_demands_since_the_gate_ask_for_another_evaluation(
    trained_project: Project,
) -> None:
    passed(trained_project)
    settings = trained_project.settings
    gate = settings.gate.model_copy(update={"minimum_auc": 0.99})
    trained_project.__dict__["settings"] = settings.model_copy(update={"gate": gate})
    with pytest.raises(AnswerNo, match="the gate's settings changed"):
        promote(trained_project)


def test_another_champion_since_the_gate_asks_for_another_evaluation(
    promoted_project: Project,
) -> None:
    train(promoted_project)
    passed(promoted_project)
    train(promoted_project)
    passed(promoted_project)
    promote(promoted_project)
    with pytest.raises(AnswerNo, match="the champion changed"):
        promote(promoted_project, version="2")


def test_files_that_changed_since_the_gate_are_not_promoted(trained_project: Project) -> None:
    passed(trained_project)
    swap_file(trained_project, 1)
    with pytest.raises(AnswerNo, match="not the file that was registered"):
        promote(trained_project)


def test_production_asks_for_a_person_and_notes_who(trained_project: Project) -> None:
    project = production(passed(trained_project))
    with pytest.raises(AnswerNo, match="a person must approve: promote --approve"):
        promote(project)
    assert Registry(project).champion_number() is None
    assert promote(project, approved_by="Ada").champion == 1
    assert Registry(project).require("champion").tags["promoted.by"] == "Ada"


def test_approval_does_not_replace_the_gate(trained_project: Project) -> None:
    with pytest.raises(AnswerNo, match="was not evaluated"):
        promote(production(trained_project), approved_by="Ada")


def test_a_version_that_does_not_exist_says_so(trained_project: Project) -> None:
    with pytest.raises(InputError, match="no version 9"):
        promote(trained_project, version="9")


def test_the_way_back_leads_to_the_champion_before(promoted_project: Project) -> None:
    project = with_second_champion(promoted_project)
    registry = Registry(project)
    assert registry.champion_number() == 2
    assert registry.require("previous").number == 1
    assert rollback(project) == Change(champion=1, before=2)
    assert registry.champion_number() == 1
    assert registry.version("previous") is None


def test_a_version_that_was_left_must_pass_the_gate_again(promoted_project: Project) -> None:
    project = with_second_champion(promoted_project)
    rollback(project)
    with pytest.raises(AnswerNo, match="was rolled back; run `evaluate`"):
        promote(project)
    assert promote(passed(project)) == Change(champion=2, before=1)


def test_a_rollback_that_was_stopped_leaves_no_version_that_seems_passed(
    promoted_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = with_second_champion(promoted_project)
    with monkeypatch.context() as stopped:
        set_alias = Registry.set_alias

        def then_stop(registry: Registry, alias: str, number: int) -> None:
            set_alias(registry, alias, number)
            raise KeyboardInterrupt

        stopped.setattr(Registry, "set_alias", then_stop)
        with pytest.raises(KeyboardInterrupt):
            rollback(project)
    assert Registry(project).champion_number() == 1
    with pytest.raises(AnswerNo, match="was rolled back; run `evaluate`"):
        promote(project)


@pytest.mark.parametrize("version", ["99999999999999999999", "", "a b/c", "\u0663", "none"])
def test_a_version_that_is_not_there_is_a_wrong_input(
    version: str, promoted_project: Project
) -> None:
    with pytest.raises(InputError, match="there is no version"):
        promote(promoted_project, version=version)


def test_without_a_previous_champion_there_is_no_way_back(promoted_project: Project) -> None:
    with pytest.raises(AnswerNo, match="no previous champion"):
        rollback(promoted_project)
    assert Registry(promoted_project).champion_number() == 1


def test_no_rollback_ends_at_a_model_that_cannot_be_loaded(promoted_project: Project) -> None:
    project = with_second_champion(promoted_project)
    swap_file(project, 1)
    with pytest.raises(ModelRefused, match="version 1 cannot be gone back to"):
        rollback(project)
    registry = Registry(project)
    assert registry.champion_number() == 2
    assert registry.require("previous").number == 1
