"""The command `train`."""

import json
from collections.abc import Callable

from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.registry.versions import Registry

Runner = Callable[..., tuple[int, str, str]]


def test_it_registers_a_challenger_and_answers_in_json(
    prepared_project: Project, run: Runner
) -> None:
    code, out, err = run(prepared_project, "train", "--format", "json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["schema"] == "training/v1"
    assert answer["version"] == 1
    assert answer["metrics"]["auc"] > 0.7
    assert Registry(prepared_project).require("challenger").run_id == answer["run_id"]


def test_without_prepared_data_it_says_what_to_run_and_leaves_no_registry(
    project: Project, run: Runner
) -> None:
    code, out, err = run(project, "train")
    assert (code, out) == (2, "")
    assert "run `prepare`" in err
    assert not (project.root / "state" / "mlflow.db").exists()
