"""A retraining needs rows, pauses, asks the gate, and in production waits for a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.data.labelled import labelled_rows
from {= cookiecutter.package_name =}.data.prepared import load
from {= cookiecutter.package_name =}.errors import AnswerNo
from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.registry.versions import Registry
from {= cookiecutter.package_name =}.retraining.run import retrain
from {= cookiecutter.package_name =}.retraining.runs import Runs


def _champion(project: Project) -> int | None:
    return Registry(project).champion_number()


def _configure(project: Project, section: str, **values: Any) -> None:
    file = project.root / "configuration" / "project.yaml"
    settings = yaml.safe_load(file.read_text())
    settings[section].update(values)
    file.write_text(yaml.safe_dump(settings))


def _outcome(project: Project) -> str | None:
    latest = Runs(project.storage("retraining")).latest()
    return None if latest is None else latest.outcome


def test_too_few_rows_say_how_many_are_there_and_missing(
    promoted_project: Project, log_traffic: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    log_traffic(promoted_project, 60)
    log_traffic(promoted_project, 200, labels=False)
    monkeypatch.setenv("PROJECT_ROOT", str(promoted_project.root))
    assert main(["retrain"]) == 3
    assert "60 labelled valid rows, 40 more are needed (of 100)" in capsys.readouterr().err
    assert Runs(promoted_project.storage("retraining")).latest() is None


def test_poisoned_rows_do_not_count_and_are_reported(
    promoted_project: Project, log_traffic: Any
) -> None:
    log_traffic(promoted_project, 60)
    log_traffic(promoted_project, 100, shift=-20.0)
    with pytest.raises(AnswerNo, match=r"60 labelled valid rows.* 100 were rejected: bmi"):
        retrain(promoted_project, datetime.now(UTC))


def test_a_new_champion_comes_from_labelled_rows_and_a_second_one_must_wait(
    promoted_project: Project, log_traffic: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    log_traffic(promoted_project, 200, shift=0.5)
    monkeypatch.setenv("PROJECT_ROOT", str(promoted_project.root))
    assert main(["retrain", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["schema"], answer["version"]) == ("retraining/v1", 2)
    assert (answer["champion_before"], answer["promoted"]) == (1, True)
    assert answer["training_rows"] + answer["recent_rows"] == 200
    assert _champion(promoted_project) == 2
    assert _outcome(promoted_project) == "version 2 promoted"

    assert main(["retrain"]) == 3
    assert "the next may start" in capsys.readouterr().err
    assert _champion(promoted_project) == 2


def test_a_candidate_that_fails_the_gate_leaves_the_champion(
    promoted_project: Project, log_traffic: Any
) -> None:
    _configure(promoted_project, "gate", minimum_auc=0.99)
    log_traffic(promoted_project, 120)
    with pytest.raises(
        AnswerNo, match=r"did not pass the gate, the champion stays: minimum_auc: 0\..* 0\.990"
    ):
        retrain(promoted_project, datetime.now(UTC))
    assert _champion(promoted_project) == 1
    outcome = _outcome(promoted_project)
    assert outcome is not None
    assert outcome.startswith("refused: version 2")


def test_in_production_the_new_version_waits_for_approval(
    promoted_project: Project, log_traffic: Any
) -> None:
    environment = promoted_project.environment.model_copy(update={"production": True})
    project = Project(promoted_project.root, environment)
    log_traffic(project, 120)
    answer = retrain(project, datetime.now(UTC))
    assert (answer.version, answer.promoted) == (2, False)
    assert _champion(project) == 1
    assert _outcome(project) == "version 2 waits"


def test_rows_held_back_for_the_gate_are_not_trained_on(
    promoted_project: Project, log_traffic: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from {= cookiecutter.package_name =}.gate import evaluation
    from {= cookiecutter.package_name =}.model import training

    seen: dict[str, set[str]] = {}

    def train(project: Project, extra: Any) -> Any:
        seen["trained"] = set(extra.index)
        return Registry(project).require("1")

    def evaluate(project: Project, version: Any, recent: Any) -> Any:
        seen["judged"] = set(recent.index)
        raise AnswerNo("stop here")

    monkeypatch.setattr(training, "train", train)
    monkeypatch.setattr(evaluation, "evaluate", evaluate)
    names = set(log_traffic(promoted_project, 150, shift=0.1))
    with pytest.raises(AnswerNo, match="stop here"):
        retrain(promoted_project, datetime.now(UTC))
    assert seen["trained"] | seen["judged"] == names
    assert seen["trained"].isdisjoint(seen["judged"])
    assert len(seen["judged"]) > 20


def test_copies_of_holdout_rows_are_not_trained_on(
    promoted_project: Project, log_traffic: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from {= cookiecutter.package_name =}.model import training

    seen: dict[str, Any] = {}

    def train(project: Project, extra: Any) -> Any:
        seen["trained"] = extra
        raise AnswerNo("stop here")

    monkeypatch.setattr(training, "train", train)
    # Every patient asks once, so those of the holdout do as well.
    log_traffic(promoted_project, 442)
    with pytest.raises(AnswerNo, match="stop here"):
        retrain(promoted_project, datetime.now(UTC))
    names = [*(column.name for column in promoted_project.contract.features()), "progression"]
    holdout = load(promoted_project).holdout[names]
    trained = seen["trained"][names]
    assert len(trained) > 100
    assert set(trained.itertuples(index=False)).isdisjoint(holdout.itertuples(index=False))
    assert "copies of holdout rows are not trained on" in caplog.text


def test_a_crash_while_training_counts_and_force_ignores_the_pause(
    promoted_project: Project, log_traffic: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from {= cookiecutter.package_name =}.model import training

    def crash(project: Project, extra: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(training, "train", crash)
    log_traffic(promoted_project, 120)
    with pytest.raises(OSError, match="No space"):
        retrain(promoted_project, datetime.now(UTC))
    with pytest.raises(AnswerNo, match="the next may start"):
        retrain(promoted_project, datetime.now(UTC))
    with pytest.raises(OSError, match="No space"):
        retrain(promoted_project, datetime.now(UTC), force=True)
    assert "--force" in caplog.text


def test_labels_may_come_in_any_number_of_files(
    promoted_project: Project, log_traffic: Any
) -> None:
    for _ in range(3):
        log_traffic(promoted_project, 30)
    labelled = labelled_rows(promoted_project, datetime.now(UTC) - timedelta(hours=1))
    assert len(labelled.frame) == 90
