"""The command `evaluate`."""

import json
from collections.abc import Callable

from {= cookiecutter.package_name =}.project import Project
from {= cookiecutter.package_name =}.registry.versions import Registry

Runner = Callable[..., tuple[int, str, str]]


def test_a_pass_is_shown_as_a_table(trained_project: Project, run: Runner) -> None:
    code, out, err = run(trained_project, "evaluate")
    assert (code, err) == (0, "")
    assert "version 1 against no champion" in out
    assert "pass  minimum_auc" in out
    assert out.endswith("version 1 passes the gate; next: promote\n")


def test_a_failure_ends_with_3_and_names_the_checks(trained_project: Project, run: Runner) -> None:
    file = trained_project.root / "configuration" / "project.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("minimum_auc: 0.70", "minimum_auc: 0.99"), encoding="utf-8")
    code, out, err = run(trained_project, "evaluate", "--format", "json")
    assert code == 3
    assert json.loads(out)["passed"] is False
    assert err == "no: version 1 fails the gate: minimum_auc\n"
    assert Registry(trained_project).require("1").tags["gate"] == "failed"


def test_a_version_that_is_not_there_is_an_input_error(
    trained_project: Project, run: Runner
) -> None:
    code, out, err = run(trained_project, "evaluate", "--version", "7")
    assert (code, out) == (2, "")
    assert "there is no version 7" in err
