"""The command `rollback`."""

import json
from collections.abc import Callable

from {= cookiecutter.package_name =}.project import Project

Runner = Callable[..., tuple[int, str, str]]


def test_there_and_back_again(promoted_project: Project, run: Runner) -> None:
    for command in ("train", "evaluate", "promote"):
        assert run(promoted_project, command)[0] == 0
    code, out, _ = run(promoted_project, "rollback", "--format", "json")
    assert code == 0
    assert json.loads(out) == {"schema": "rollback/v1", "champion": 1, "before": 2}
    code, out, err = run(promoted_project, "rollback")
    assert (code, out) == (3, "")
    assert err == "no: there is no previous champion to go back to\n"
